/** This machine: netlink and /proc through the worker, rules through their tools, engines through their sockets. */
import { hostname } from 'node:os';
import type { Command, CommandResult } from '../model/change.ts';
import { type HostId, hostId, type NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import type { CaptureEvent, CaptureOrder, CaptureRefused, Capturing } from './capture/capture-order.ts';
import { createCommandLog } from './command-log.ts';
import { readContainerFiles } from './container-files.ts';
import type { EngineApi } from './engines/engine-api.ts';
import { findEngineProcesses } from './engines/engine-processes.ts';
import { findEngineSockets } from './engines/engine-sockets.ts';
import { followEngine } from './engines/follow-engine.ts';
import { readEngines } from './engines/read-engines.ts';
import type {
  Answer,
  AnswerTo,
  AskedEntry,
  Following,
  FollowOptions,
  Host,
  HostEvent,
  Question,
  Questions,
} from './host.ts';
import { findTools, readHostFacts } from './host-facts.ts';
import type { ProbeOrder, ProbeRecord } from './live/live-order.ts';
import { orderChild, orderWatch } from './live/order-child.ts';
import { runProbe } from './live/run-probe.ts';
import { runWatch } from './live/run-watch.ts';
import type { RunningWatch, WatchEvent, WatchOrder } from './live/watch-order.ts';
import { type Reader, startReader } from './netlink/reader.ts';
import { openNetns } from './netns-door.ts';
import { readOpenVswitch } from './open-vswitch/read-open-vswitch.ts';
import { followRulesets, type Readable } from './rulesets/follow-rulesets.ts';
import { createRulesetReader, type RulesetReader } from './rulesets/ruleset-reader.ts';
import { runChange } from './run-change.ts';
import { runCommand } from './run-command.ts';

/** `id` defaults to the machine's name. */
export async function openLocalHost(id: HostId = hostId(hostname())): Promise<Host> {
  return new LocalHost(id);
}

export class LocalHost implements Host {
  readonly id: HostId;
  readonly live = true;
  readonly #log = createCommandLog();
  readonly #stop = new AbortController();
  readonly #reader: Reader;
  readonly #apis = new Set<EngineApi>();
  readonly #followings = new Set<Following>();
  readonly #captures = new Set<Capturing>();
  /** Namespaces as last seen, for tools and commands that are to run inside one. */
  readonly #netns = new Map<NetnsId, Omit<Readable, 'ruleset'>>();
  #rulesets: RulesetReader | undefined;

  constructor(id: HostId) {
    this.id = id;
    this.#reader = startReader({ host: id });
  }

  async ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> {
    const answer = await this.#answer(question).catch((error: Error): Answer<unknown> => {
      if (!this.#stop.signal.aborted) throw error;
      return { gaps: [{ source: question.about, reason: 'slow', detail: 'stopped before it was answered' }] };
    });
    return answer as Answer<AnswerTo<Q>>;
  }

  async follow(options: FollowOptions, listener: (events: readonly HostEvent[]) => void): Promise<Following> {
    const hear = followRulesets(
      () => this.#rules(),
      (id) => this.#netns.get(id),
      listener,
    );
    const kernel = await this.#reader.follow(options.parts, (events) => {
      for (const event of events) if (event.kind === 'netns-appeared') this.#remember(event.netns);
      hear(events);
    });
    const engines = options.engines.map((engine) => followEngine(engine, listener));
    const following: Following = {
      gaps: kernel.gaps,
      stop: async () => {
        this.#followings.delete(following);
        await Promise.all([kernel.stop(), ...engines.map((engine) => engine.stop())]);
      },
    };
    this.#followings.add(following);
    return following;
  }

  async change(command: Command): Promise<CommandResult> {
    const result = await this.#changeInside(command);
    const what = command.argv.join(' ') + (command.netns === undefined ? '' : ` (in netns ${command.netns})`);
    const outcome = result.exitCode === 0 ? 'ok' : 'failed';
    this.#log.tell({
      what,
      durationMs: result.durationMs,
      outcome,
      ...(outcome === 'ok' ? {} : { detail: result.stderr.trim() }),
    });
    return result;
  }

  async probe(order: ProbeOrder, tell: (progress: string) => void): Promise<ProbeRecord | { readonly error: string }> {
    const { packet } = order;
    const began = performance.now();
    const answer = await runProbe(
      orderChild(order, (id) => this.#netns.get(id), findTools()),
      tell,
      this.#stop.signal,
    );
    this.#log.tell({
      what: `probe: ${packet.proto} to ${packet.dst}${packet.dport === undefined ? '' : ` port ${packet.dport}`}, traced in ${order.watch.length} netns`,
      durationMs: performance.now() - began,
      outcome: 'error' in answer ? 'failed' : answer.gaps.length > 0 ? 'gap' : 'ok',
      ...('error' in answer ? { detail: answer.error } : {}),
    });
    return answer;
  }

  async capture(order: CaptureOrder, listener: (event: CaptureEvent) => void): Promise<Capturing | CaptureRefused> {
    const began = performance.now();
    // Brings system calls along that nothing else here needs.
    const { startCapture } = await import('./capture/start-capture.ts');
    const capturing = await startCapture(order, listener, {
      netns: (id) => this.#netns.get(id),
      findHolders: async (id) => (await this.#reader.read({ parts: [], only: [id], search: 'full' })).netns[0],
      tools: findTools(),
    });
    const links = order.taps.map(({ ifname }) => ifname).join(', ');
    this.#log.tell({
      what: `capture on ${links}${order.filter === undefined ? '' : `: ${order.filter}`}`,
      durationMs: performance.now() - began,
      outcome: 'error' in capturing ? 'failed' : 'ok',
      ...('error' in capturing ? { detail: capturing.error } : {}),
    });
    if (!('error' in capturing)) {
      this.#captures.add(capturing);
      void capturing.done.then(() => this.#captures.delete(capturing));
    }
    return capturing;
  }

  watch(order: WatchOrder, listener: (event: WatchEvent) => void): RunningWatch {
    const began = performance.now();
    const task = orderWatch(order, (id) => this.#netns.get(id), findTools());
    const running = runWatch(task, listener, this.#stop.signal);
    void running.done.then(({ error }) =>
      this.#log.tell({
        what: `watch: drops${order.flow === undefined ? '' : ` and rules of one flow in ${order.watch.length} netns`}`,
        durationMs: performance.now() - began,
        outcome: error === undefined ? 'ok' : 'failed',
        ...(error === undefined ? {} : { detail: error }),
      }),
    );
    return running;
  }

  onAsked(listener: (entry: AskedEntry) => void): void {
    this.#log.listen(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const api of this.#apis) api.close();
    await Promise.all([...this.#followings, ...this.#captures].map((one) => one.stop()));
    await this.#reader.close();
  }

  async #answer(question: Question): Promise<Answer<unknown>> {
    switch (question.about) {
      case 'host':
        return this.#timed('uname, capabilities, tools', async () => ({
          value: await readHostFacts(this.id),
          gaps: [],
        }));
      case 'netns':
        return this.#readNetns(question);
      case 'engines':
        return this.#readEngines(question);
      case 'openVswitch':
        return this.#readOpenVswitch();
      case 'containerFiles':
        return this.#timed(`resolv.conf and hosts of ${question.containers.length} containers`, () =>
          readContainerFiles(question.containers),
        );
    }
  }

  async #readNetns(question: Questions['netns']['question']): Promise<Answer<readonly Netns[]>> {
    const { about: _, enginePids = this.#enginePids(), ...request } = question;
    const { netns, gaps, timings } = await this.#reader.read({ ...request, enginePids });
    const what = `netlink, /proc: ${question.parts.join(', ') || 'holders'} of ${timings.netnsCount} netns`;
    this.#log.tell({ what, durationMs: timings.totalMs, outcome: gaps.length === 0 ? 'ok' : 'gap' });
    for (const one of netns) this.#remember(one);
    if (!question.parts.includes('ruleset')) return { value: netns, gaps };
    const read = await this.#rules().addTexts(netns);
    return { value: read.value, gaps: [...gaps, ...read.gaps] };
  }

  #remember({ id, dev, inode, isHost, names, holders }: Netns): void {
    this.#netns.set(id, { id, dev, inode, isHost, names, holders });
  }

  #enginePids(): readonly number[] {
    const { sockets } = findEngineSockets({ env: process.env });
    return findEngineProcesses(sockets).map(({ pid }) => pid);
  }

  #rules(): RulesetReader {
    this.#rulesets ??= createRulesetReader({
      tools: findTools(),
      signal: this.#stop.signal,
      ran: (argv, netns, durationMs, outcome) => {
        const ok = outcome.end === 'exited' && outcome.exitCode === 0;
        const where = netns.isHost ? '' : ` (in netns ${netns.names[0] ?? netns.inode})`;
        this.#log.tell({ what: argv.join(' ') + where, durationMs, outcome: ok ? 'ok' : 'gap' });
      },
    });
    return this.#rulesets;
  }

  #readEngines(question: Questions['engines']['question']): Promise<Answer<unknown>> {
    return readEngines(
      question,
      (api) => this.#apis.add(api),
      (api, socket, containers, durationMs, gaps) => {
        this.#apis.delete(api);
        const what = `GET /version /info /containers /networks (${containers} containers) of ${socket}`;
        this.#log.tell({ what, durationMs, outcome: gaps.length === 0 ? 'ok' : 'gap' });
      },
    );
  }

  async #readOpenVswitch(): Promise<Answer<unknown>> {
    const began = performance.now();
    const { 'ovs-ofctl': ofctl } = findTools();
    const answer = await readOpenVswitch({
      ...(ofctl === undefined ? {} : { ofctl }),
      run: (argv) => runCommand({ argv, timeoutMs: 3000, maxBytes: 16 * 1024 * 1024, signal: this.#stop.signal }),
    });
    // Nothing was asked of anybody where there is none.
    if (answer.value !== null)
      this.#log.tell({
        what: 'Open vSwitch: database and flows',
        durationMs: performance.now() - began,
        outcome: answer.gaps.length === 0 ? 'ok' : 'gap',
      });
    return answer;
  }

  async #changeInside(command: Command): Promise<CommandResult> {
    if (command.netns === undefined) return runChange(command, undefined, this.#stop.signal);
    const netns = this.#netns.get(command.netns as NetnsId);
    const door = netns === undefined ? undefined : await openNetns(netns);
    if (door === undefined)
      return { command, exitCode: 126, stdout: '', stderr: `netns ${command.netns} is gone`, durationMs: 0 };
    try {
      return await runChange(command, door.fd, this.#stop.signal);
    } finally {
      await door.close();
    }
  }

  async #timed<T extends Answer<unknown>>(what: string, read: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const answer = await read();
    this.#log.tell({ what, durationMs: performance.now() - began, outcome: answer.gaps.length === 0 ? 'ok' : 'gap' });
    return answer;
  }
}
