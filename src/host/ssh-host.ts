/** Another machine, with nothing installed there but a shell and iproute2: OpenSSH, one round trip for a whole picture. */
import type { Command, CommandResult } from '../model/change.ts';
import { type HostId, hostId, type NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import type { CaptureEvent, CaptureOrder, CaptureRefused, Capturing } from './capture/capture-order.ts';
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
  OvsAnswer,
  Question,
  Questions,
} from './host.ts';
import { tools } from './host-facts.ts';
import { startCaptureThere } from './ssh/capture/start-capture-there.ts';
import { commandScript, environment } from './ssh/change/command-script.ts';
import { settleScript } from './ssh/change/guard-script.ts';
import { type OverLine, runOverLine } from './ssh/change/run-over-line.ts';
import { startGuard } from './ssh/change/start-guard.ts';
import { followEngineThere } from './ssh/follow/follow-engine.ts';
import { followGaps } from './ssh/follow/follow-gaps.ts';
import { followKernel } from './ssh/follow/follow-kernel.ts';
import { keepLine, type LastingLine } from './ssh/line/lasting-line.ts';
import { type Line, type LineOptions, openLine } from './ssh/line/open-line.ts';
import type { SshAddress } from './ssh/line/ssh-address.ts';
import { lostGap, sudoGap } from './ssh/picture/lost-gap.ts';
import { factsOf, type HelloFacts } from './ssh/picture/parse-hello.ts';
import { parseOvs } from './ssh/picture/parse-ovs.ts';
import { type Picture, parsePicture } from './ssh/picture/parse-picture.ts';
import { createTeller, type Teller } from './ssh/picture/teller.ts';
import { pictureCall, wiringCall } from './ssh/remote/compose-script.ts';
import { ovsCall } from './ssh/remote/ovs-script.ts';
import { sysctlNames } from './ssh/sysctl-names.ts';

export interface SshHostOptions {
  readonly address: SshAddress;
  /** Names that are taken: a machine that calls itself so gets a number behind it. */
  readonly others?: readonly HostId[];
}

/** Connects; ssh may ask on the terminal. Rejects with one line for the user. */
export async function openSshHost({ address, others = [] }: SshHostOptions): Promise<SshHost> {
  const options: LineOptions = { address, mayAsk: true, firstCall: wiringCall, tools, sysctls: sysctlNames };
  const line = await openLine(options);
  const name = line.hello.facts.hostname;
  const twins = others.filter((one) => one === name || one.startsWith(`${name}~`)).length;
  return new SshHost(hostId(twins === 0 ? name : `${name}~${twins + 1}`), options, line);
}

export class SshHost implements Host {
  readonly id: HostId;
  readonly live = true;
  readonly address: SshAddress;
  readonly #hello: HelloFacts;
  readonly #log = createCommandLog();
  readonly #netns = new Map<NetnsId, Netns>();
  readonly #line: LastingLine;
  readonly #teller: Teller;
  readonly #followings = new Set<Following>();

  constructor(id: HostId, options: LineOptions, line: Line) {
    this.id = id;
    this.address = options.address;
    this.#line = keepLine(line, options);
    this.#hello = line.hello;
    this.#teller = createTeller(id, line.hello.facts.privileged, (what, script) => this.#call(what, script));
  }

  async ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> {
    const answer = await this.#answer(question).catch((error: Error) => ({
      gaps: [{ source: question.about, reason: 'vanished' as const, detail: error.message }],
    }));
    return answer as Answer<AnswerTo<Q>>;
  }

  async follow(options: FollowOptions, listener: (events: readonly HostEvent[]) => void): Promise<Following> {
    let stopThere: (() => void) | undefined;
    let stopped = false;
    const start = (): void => {
      const line = this.#line.current();
      if (line !== undefined && !stopped) stopThere = this.#followThere(line, options, listener);
    };
    this.#line.onChange((how) => {
      if (stopped) return;
      stopThere?.();
      if (how === 'lost') listener([{ kind: 'gap', gap: lostGap(this.address, this.#line.lost()) }]);
      else {
        start();
        listener([{ kind: 'resync', why: `the line to ${this.id} was lost for a while` }]);
      }
    });
    start();
    const following: Following = {
      gaps: followGaps([...this.#netns.values()], this.#hello.facts.tools['nft'] !== undefined),
      stop: async () => {
        stopped = true;
        this.#followings.delete(following);
        stopThere?.();
      },
    };
    this.#followings.add(following);
    return following;
  }

  async change(command: Command): Promise<CommandResult> {
    const began = performance.now();
    const place = this.#placeOf(command);
    const answer =
      command.netns !== undefined && place === undefined
        ? { exitCode: 126, stdout: '', stderr: `netns ${command.netns} is gone` }
        : await this.#run(environment + commandScript(command, place));
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

  async capture(order: CaptureOrder, listener: (event: CaptureEvent) => void): Promise<Capturing | CaptureRefused> {
    const line = this.#line.current();
    if (line === undefined) return { error: lostGap(this.address, this.#line.lost()).detail, reason: 'vanished' };
    this.#log.tell({
      what: `ssh ${this.address.host}: tcpdump at ${order.taps.length} links`,
      durationMs: 0,
      outcome: 'ok',
    });
    return startCaptureThere(order, listener, { line, placeOf: (netns) => this.#netns.get(netns) });
  }

  async guard({ id, seconds, revert }: GuardOrder): Promise<Guard | { readonly error: string }> {
    const line = this.#line.current();
    if (line === undefined) return { error: lostGap(this.address, this.#line.lost()).detail };
    const scripts = revert.map((command) => commandScript(command, this.#placeOf(command)));
    return startGuard(line, { id, seconds, revert: scripts.join('') });
  }

  async settleGuard(id: string): Promise<'kept' | 'reverted' | 'reverting' | 'unknown'> {
    const { stdout } = await this.#run(settleScript(id));
    return (['kept', 'reverted', 'reverting'] as const).find((word) => stdout.trim() === word) ?? 'unknown';
  }

  async bootId(): Promise<string> {
    return this.#hello.bootId;
  }

  onAsked(listener: (entry: AskedEntry) => void): void {
    this.#log.listen(listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followings].map((one) => one.stop()));
    this.#line.close();
  }

  async #answer(question: Question): Promise<Answer<unknown>> {
    switch (question.about) {
      case 'host':
        return { value: factsOf(this.#hello, this.id), gaps: sudoGap(this.#hello, this.id) };
      case 'netns':
        return this.#answerNetns(question);
      case 'engines':
        return this.#withLoss(await this.#teller.engines(question));
      case 'containerFiles':
        return this.#teller.containerFiles(question.containers);
      case 'openVswitch':
        return this.#answerOvs();
    }
  }

  async #answerOvs(): Promise<Answer<OvsAnswer | null>> {
    const { tools: there } = this.#hello.facts;
    if (there['ovs-vsctl'] === undefined) return { value: null, gaps: [] };
    return parseOvs(
      await this.#call('ovs-vsctl list, ovs-ofctl dump-flows', ovsCall),
      there['ovs-ofctl'] !== undefined,
    );
  }

  async #answerNetns(question: Questions['netns']['question']): Promise<Answer<readonly Netns[]>> {
    const { only } = question;
    if (only !== undefined) {
      const { netns, gaps } = await this.#readSome(only.flatMap((id) => this.#netns.get(id)?.inode ?? []));
      return { value: this.#remember(netns.filter(({ id }) => only.includes(id))), gaps };
    }
    const { netns, gaps } = await this.#teller.picture(question);
    this.#netns.clear();
    return this.#withLoss({ value: this.#remember(netns), gaps });
  }

  /** The others there are come as well, with their holders alone. */
  async #readSome(inodes: readonly number[]): Promise<Picture> {
    const frames = await this.#call(`netns ${inodes.join(', ')}`, pictureCall(inodes));
    return parsePicture(frames, {
      host: this.id,
      privileged: this.#hello.facts.privileged,
      only: new Set(inodes),
      isWhole: true,
    });
  }

  #remember(netns: readonly Netns[]): readonly Netns[] {
    for (const one of netns) this.#netns.set(one.id, one);
    return netns;
  }

  #withLoss<T>(answer: Answer<T>): Answer<T> {
    const loss = this.#line.lost();
    return loss === undefined ? answer : { ...answer, gaps: [...answer.gaps, lostGap(this.address, loss)] };
  }

  #followThere(line: Line, options: FollowOptions, listener: (events: readonly HostEvent[]) => void): () => void {
    const kernel = followKernel({
      line,
      hasNft: this.#hello.facts.tools['nft'] !== undefined,
      known: () => this.#netns,
      read: (inodes) => this.#readSome(inodes),
      tell: (events) => {
        for (const event of events) this.#follow(event);
        listener(events);
      },
    });
    const engines = options.engines.map((engine) => followEngineThere(line, engine, listener));
    return () => {
      kernel.stop();
      for (const engine of engines) engine.stop();
    };
  }

  /** What is known of namespaces stays as the listener knows it. */
  #follow(event: HostEvent): void {
    if (event.kind === 'netns-appeared') this.#netns.set(event.netns.id, event.netns);
    else if (event.kind === 'netns-gone') this.#netns.delete(event.id);
    else if (event.kind === 'facts') {
      const known = this.#netns.get(event.netns);
      if (known !== undefined) this.#netns.set(event.netns, { ...known, ...event.facts });
    }
  }

  #placeOf({ netns }: Command): Netns | undefined {
    return netns === undefined ? undefined : this.#netns.get(netns as NetnsId);
  }

  async #run(script: string): Promise<OverLine> {
    const line = this.#line.current();
    if (line !== undefined) return runOverLine(line, script);
    return { exitCode: 255, stdout: '', stderr: lostGap(this.address, this.#line.lost()).detail };
  }

  async #call(what: string, script: string) {
    const began = performance.now();
    const tell = (outcome: AskedEntry['outcome'], detail?: string): void =>
      this.#log.tell({
        what: `ssh ${this.address.host}: ${what}`,
        durationMs: performance.now() - began,
        outcome,
        ...(detail === undefined ? {} : { detail }),
      });
    try {
      const line = this.#line.current();
      if (line === undefined) throw new Error(lostGap(this.address, this.#line.lost()).detail);
      const frames = await line.call(script);
      tell('ok');
      return frames;
    } catch (error) {
      tell('failed', (error as Error).message);
      throw error;
    }
  }
}
