/** Watches: what will be added is told first; then the kernel's account of a flow, or of all drops, until it ends or is stopped. */
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import type { WatchOrder } from '../host/live/watch-order.ts';
import type { WatchAccount } from '../live/watch/watch-account.ts';
import type { Gap } from '../model/gap.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';

export interface WatchQuestion {
  /** Absent: what the kernel drops, of everybody. */
  readonly flow?: { readonly from: string; readonly to: string };
  readonly durationMs?: number;
  /** Ends when so many packets were told. */
  readonly count?: number;
  readonly eventsPerSecond?: number;
}

/** `reason` decides the exit code: `not-found` is a no, `read-only` a refusal. */
export interface WatchRefusal {
  readonly error: string;
  readonly reason: Gap['reason'] | 'not-found' | 'read-only';
  readonly howToSee?: string;
}

export interface WatchPlan {
  /** What will be added where. */
  readonly announced: string;
}

export interface RunningWatch {
  /** The account so far; replaced whole, never edited. */
  account(): WatchAccount;
  /** Resolves when all of ours is gone. */
  readonly done: Promise<WatchAccount>;
  /** Disarms. Safe to call twice. */
  stop(): Promise<void>;
}

export interface Watcher {
  /** What a watch would add, without adding anything. */
  planWatch(question: WatchQuestion): Promise<WatchPlan | WatchRefusal>;
  /** Arms it. The listener is called with every change of the account, and not after `done`. */
  watch(question: WatchQuestion, listener: (account: WatchAccount) => void): Promise<RunningWatch | WatchRefusal>;
}

export interface WatcherOptions {
  readonly hosts: readonly Host[];
  readonly readOnly: boolean;
  graph(): Graph | undefined;
  trace(question: TraceQuestion): Trace | { readonly error: string };
}

/** A watch that was forgotten ends by itself. */
export const watchLimits = { durationMs: 60_000, eventsPerSecond: 200 } as const;

/** How often packets that come to rest are looked for. */
const restMs = 250;

interface Prepared {
  readonly host: Host & Required<Pick<Host, 'watch'>>;
  readonly graph: Graph;
  readonly order: WatchOrder;
  readonly trace?: Trace;
  readonly announced: string;
  readonly gaps: readonly Gap[];
}

const refuse = (reason: WatchRefusal['reason'], error: string, howToSee?: string): WatchRefusal => ({
  error,
  reason,
  ...(howToSee === undefined ? {} : { howToSee }),
});

/** No trace shows rules of legacy tables. */
const legacyGaps = ({ watch }: WatchOrder): readonly Gap[] =>
  watch
    .filter(({ legacy }) => legacy)
    .map(({ netns }) => ({
      source: 'rule trace',
      netns,
      reason: 'unsupported',
      detail: 'its iptables-legacy rules cannot be traced; what their counters say is told instead',
      howToSee: 'the kernel traces nftables rules, iptables-nft among them',
    }));

const prepare = async (
  { hosts, readOnly, graph: current, trace: traceOf }: WatcherOptions,
  question: WatchQuestion,
): Promise<Prepared | WatchRefusal> => {
  const graph = current();
  if (graph === undefined) return refuse('missing', 'nothing has been read yet');
  const plans = await import('../live/watch/plan-watch.ts');
  const limits = {
    durationMs: question.durationMs ?? watchLimits.durationMs,
    eventsPerSecond: question.eventsPerSecond ?? watchLimits.eventsPerSecond,
  };
  const trace = question.flow === undefined ? undefined : traceOf(question.flow);
  if (trace !== undefined && 'error' in trace) return refuse('not-found', trace.error);
  const order =
    trace === undefined || question.flow === undefined
      ? plans.planDrops(limits)
      : plans.planFlow(graph, trace, question.flow, limits);
  if ('error' in order) return refuse('unsupported', order.error);
  const first = hosts.find((one) => one.live) ?? hosts[0];
  const id = first === undefined ? undefined : plans.hostOf(graph, order, first.id);
  const host = hosts.find((one) => one.id === id);
  if (host?.watch === undefined)
    return refuse(
      'unsupported',
      `nothing can be watched on ${id}: it is ${host?.live === true ? 'reached over SSH' : 'a recording'}`,
      ...(host?.live === true ? ['run vethscope on that host, or copy its packets with `vethscope capture`'] : []),
    );
  if (readOnly)
    return refuse(
      'read-only',
      'read-only: a watch adds nft tables of ours and a BPF program, though they decide nothing',
    );
  if (graph.hosts.get(host.id)?.facts.privileged === false)
    return refuse('forbidden', 'a watch enters every netns on the way and adds an nft table', 'run as root');
  return {
    host: host as Prepared['host'],
    graph,
    order,
    ...(trace === undefined ? {} : { trace }),
    announced: plans.announceWatch(graph, order),
    gaps: legacyGaps(order),
  };
};

const start = async (
  { host, graph, order, trace, announced, gaps: known }: Prepared,
  question: WatchQuestion,
  current: () => Graph | undefined,
  listener: (account: WatchAccount) => void,
): Promise<RunningWatch> => {
  const { createTally } = await import('../live/watch/watch-tally.ts');
  const tally = createTally(graph, order);
  const gaps: Gap[] = [...known];
  const base = {
    ...(question.flow === undefined ? {} : { flow: question.flow }),
    ...(trace === undefined ? {} : { model: { outcome: trace.outcome, explanation: trace.explanation } }),
    announced,
    host: host.id,
    durationMs: order.durationMs,
  };
  let account: WatchAccount = {
    ...base,
    phase: 'arming',
    startedAt: Date.now(),
    at: Date.now(),
    groups: [],
    unanswered: false,
    leftOut: tally.leftOut(),
    gaps,
  };
  const tell = (changed: Partial<WatchAccount>): void => {
    account = {
      ...account,
      at: Date.now(),
      groups: tally.groups(),
      unanswered: tally.unanswered(),
      leftOut: tally.leftOut(),
      gaps: [...gaps],
      ...changed,
    };
    listener(account);
  };
  const enough = (): boolean =>
    question.count !== undefined && account.groups.reduce((sum, group) => sum + group.count, 0) >= question.count;

  const running = host.watch(order, (event) => {
    switch (event.kind) {
      case 'armed': {
        const { gaps: more, ...armed } = event.armed;
        gaps.push(...more);
        tell({ phase: 'watching', startedAt: Date.now(), armed });
        return;
      }
      case 'batch': {
        const latest = current();
        // Without a flow nothing told names what has gone since: newcomers get their names.
        if (order.flow === undefined && latest !== undefined) tally.takeGraph(latest);
        tally.add(event.batch);
        tell({});
        if (enough()) void running.stop();
        return;
      }
      case 'gap':
        gaps.push(event.gap);
        return;
    }
  });
  const timer = setInterval(() => {
    if (account.phase !== 'watching') return;
    tally.rest(Date.now(), false);
    tell({});
    if (enough()) void running.stop();
  }, restMs);
  const done = running.done.then(({ error }) => {
    clearInterval(timer);
    tally.rest(Date.now(), true);
    tell(error === undefined ? { phase: 'over' } : { phase: 'failed', error });
    return account;
  });
  return { account: () => account, done, stop: () => running.stop() };
};

export const createWatcher = (options: WatcherOptions): Watcher => ({
  planWatch: async (question) => {
    const prepared = await prepare(options, question);
    return 'error' in prepared ? prepared : { announced: prepared.announced };
  },
  watch: async (question, listener) => {
    const prepared = await prepare(options, question);
    return 'error' in prepared ? prepared : start(prepared, question, options.graph, listener);
  },
});
