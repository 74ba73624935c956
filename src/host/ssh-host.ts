/** Another machine, with nothing installed there but a shell and iproute2: OpenSSH, one round trip for a whole picture. */
import type { Command, CommandResult } from '../model/change.ts';
import type { Gap } from '../model/gap.ts';
import { type HostId, hostId, type NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import { createCommandLog } from './command-log.ts';
import type {
  Answer,
  AnswerTo,
  AskedEntry,
  Following,
  FollowOptions,
  Guard,
  GuardOrder,
  Host,
  HostEvent,
  Question,
  Questions,
} from './host.ts';
import { tools } from './host-facts.ts';
import { commandScript, environment } from './ssh/change/command-script.ts';
import { settleScript } from './ssh/change/guard-script.ts';
import { runOverLine } from './ssh/change/run-over-line.ts';
import { startGuard } from './ssh/change/start-guard.ts';
import type { Frame } from './ssh/frames.ts';
import { type Line, type LineOptions, openLine } from './ssh/line/open-line.ts';
import type { SshAddress } from './ssh/line/ssh-address.ts';
import { parseEngines } from './ssh/picture/parse-engines.ts';
import { factsOf, type HelloFacts } from './ssh/picture/parse-facts.ts';
import { answerFiles, parseFiles } from './ssh/picture/parse-files.ts';
import { type Picture, parsePicture } from './ssh/picture/parse-picture.ts';
import { enginesCall, filesCall, pictureCall, wholeCall } from './ssh/remote/compose-script.ts';
import { sysctlNames } from './ssh/sysctl-names.ts';

export interface SshHostOptions {
  readonly address: SshAddress;
  /** Names that are taken: a machine that calls itself so gets a number behind it. */
  readonly others?: readonly HostId[];
}

/** Connects; ssh may ask on the terminal. Rejects with one line for the user. */
export async function openSshHost({ address, others = [] }: SshHostOptions): Promise<SshHost> {
  const options: LineOptions = { address, mayAsk: true, firstCall: wholeCall, tools, sysctls: sysctlNames };
  const line = await openLine(options);
  const name = line.hello.facts.hostname;
  const twins = others.filter((one) => one === name || one.startsWith(`${name}~`)).length;
  return new SshHost(hostId(twins === 0 ? name : `${name}~${twins + 1}`), options, line);
}

/** What one whole call told, and which of it has been asked for: whoever asks again wants it anew. */
interface Told {
  readonly frames: Promise<readonly Frame[]>;
  readonly asked: Set<string>;
  picture?: Picture;
}

export class SshHost implements Host {
  readonly id: HostId;
  readonly live = true;
  readonly address: SshAddress;
  readonly #hello: HelloFacts;
  readonly #log = createCommandLog();
  readonly #netns = new Map<NetnsId, Netns>();
  #line: Line;
  #told: Told;

  constructor(id: HostId, options: LineOptions, line: Line) {
    this.id = id;
    this.address = options.address;
    this.#line = line;
    this.#hello = line.hello;
    this.#told = this.#callWhole();
  }

  async ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> {
    return (await this.#answer(question)) as Answer<AnswerTo<Q>>;
  }

  async follow(_options: FollowOptions, _listener: (events: readonly HostEvent[]) => void): Promise<Following> {
    return { gaps: [{ source: 'follow', reason: 'unsupported', detail: 'not yet over SSH' }], stop: async () => {} };
  }

  async change(command: Command): Promise<CommandResult> {
    const began = performance.now();
    const place = command.netns === undefined ? undefined : this.#netns.get(command.netns as NetnsId);
    const answer =
      command.netns !== undefined && place === undefined
        ? { exitCode: 126, stdout: '', stderr: `netns ${command.netns} is gone` }
        : await runOverLine(this.#line, environment + commandScript(command, place));
    const result = { command, ...answer, durationMs: performance.now() - began };
    const isOk = result.exitCode === 0;
    this.#log.tell({
      what: `ssh ${this.address.host}: ${command.argv.join(' ')}${command.netns === undefined ? '' : ` (in netns ${command.netns})`}`,
      durationMs: result.durationMs,
      outcome: isOk ? 'ok' : 'failed',
      ...(isOk ? {} : { detail: result.stderr.trim() }),
    });
    return result;
  }

  async guard({ id, seconds, revert }: GuardOrder): Promise<Guard | { readonly error: string }> {
    const scripts = revert.map((command) =>
      commandScript(command, command.netns === undefined ? undefined : this.#netns.get(command.netns as NetnsId)),
    );
    return startGuard(this.#line, { id, seconds, revert: scripts.join('') });
  }

  async settleGuard(id: string): Promise<'kept' | 'reverted' | 'reverting' | 'unknown'> {
    const { stdout } = await runOverLine(this.#line, settleScript(id));
    return (['kept', 'reverted', 'reverting'] as const).find((word) => stdout.trim() === word) ?? 'unknown';
  }

  async bootId(): Promise<string> {
    return this.#hello.bootId;
  }

  onAsked(listener: (entry: AskedEntry) => void): void {
    this.#log.listen(listener);
  }

  async close(): Promise<void> {
    this.#line.close();
  }

  async #answer(question: Question): Promise<Answer<unknown>> {
    switch (question.about) {
      case 'host':
        return { value: factsOf(this.#hello, this.id), gaps: this.#sudoGap() };
      case 'netns':
        return this.#answerNetns(question);
      case 'engines':
        return this.#answerEngines(question);
      case 'containerFiles': {
        const frames = await this.#tellOnce(['files'], filesCall);
        return answerFiles(parseFiles(frames), question.containers);
      }
      case 'openVswitch':
        return this.#hello.facts.tools['ovs-vsctl'] === undefined
          ? { value: null, gaps: [] }
          : { gaps: [{ source: 'ovs-vsctl', reason: 'unsupported', detail: 'Open vSwitch is not read over SSH yet' }] };
    }
  }

  async #answerNetns({ parts, only }: Questions['netns']['question']): Promise<Answer<readonly Netns[]>> {
    const privileged = this.#hello.facts.privileged;
    if (only !== undefined) {
      const inodes = only.flatMap((id) => this.#netns.get(id)?.inode ?? []);
      const frames = await this.#call(`netns ${inodes.join(', ')}`, pictureCall(inodes));
      const { netns, gaps } = parsePicture(frames, this.id, privileged, new Set(inodes));
      return { value: this.#remember(netns.filter(({ id }) => only.includes(id))), gaps };
    }
    await this.#tellOnce(parts.map((part) => (part === 'briefLinks' ? 'links' : part)));
    const told = this.#told;
    told.picture ??= parsePicture(await told.frames, this.id, privileged, undefined);
    this.#netns.clear();
    return { value: this.#remember(told.picture.netns), gaps: told.picture.gaps };
  }

  async #answerEngines(question: Questions['engines']['question']): Promise<Answer<unknown>> {
    const { engine, socket, only } = question;
    if (engine === 'none') return { value: [], gaps: [] };
    const frames =
      only === undefined
        ? await this.#tellOnce(['engines'])
        : await this.#call('engines: some containers', enginesCall({ socket: socket ?? '', ...only }));
    const { engines, gaps } = parseEngines(frames, engine);
    return { value: engines.filter((one) => socket === undefined || one.socket === socket), gaps };
  }

  #remember(netns: readonly Netns[]): readonly Netns[] {
    for (const one of netns) this.#netns.set(one.id, one);
    return netns;
  }

  #callWhole(): Told {
    const frames = this.#call('everything, in one round trip', wholeCall);
    frames.catch(() => {});
    return { frames, asked: new Set() };
  }

  /** The frames of the last whole call, or of a new one when some of `parts` has been told of it already. */
  async #tellOnce(parts: readonly string[], alone?: string): Promise<readonly Frame[]> {
    if (parts.some((part) => this.#told.asked.has(part))) {
      if (alone !== undefined) return this.#call(parts.join(), alone);
      this.#told = this.#callWhole();
    }
    for (const part of parts) this.#told.asked.add(part);
    return this.#told.frames;
  }

  async #call(what: string, script: string): Promise<readonly Frame[]> {
    const began = performance.now();
    const frames = await this.#line.call(script);
    this.#log.tell({ what: `ssh ${this.address.host}: ${what}`, durationMs: performance.now() - began, outcome: 'ok' });
    return frames;
  }

  #sudoGap(): readonly Gap[] {
    if (this.#hello.facts.uid === 0) return [];
    return [
      {
        source: `sudo on ${this.id}`,
        reason: 'forbidden',
        detail: `logged in as user ${this.#hello.facts.uid}, and sudo -n starts no shell: only what every user may see is seen`,
        howToSee: 'log in as root, or allow `sudo -n sh` there',
      },
    ];
  }
}
