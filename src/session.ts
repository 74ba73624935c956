/** What a user can ask, whether by key or by command; screen and report call the same functions. */
import type { CapturePoint, SeenPoint } from './capture/capture-point.ts';
import type {
  CaptureNews,
  CaptureQuestion,
  CaptureRefusal,
  CaptureState,
  RunningCapture,
} from './capture/capture-question.ts';
import type { CollectOptions } from './collect/collect-in-stages.ts';
import type { Diagnosis, Finding, Remedy, Severity } from './diagnose/finding.ts';
import type { ConnectionDiagnosis } from './diagnose/from-trace.ts';
import type { Change, ChangeState } from './fix/change.ts';
import { buildGraph } from './graph/build-graph.ts';
import type { Graph } from './graph/graph.ts';
import { type Located, locate } from './graph/locate.ts';
import type { AskedEntry, Host } from './host/host.ts';
import type { WatchAccount } from './live/watch/watch-account.ts';
import type { Gap } from './model/gap.ts';
import { type Capturer, createCapturer } from './session/capturer.ts';
import { createDoctor } from './session/doctor.ts';
import {
  createMeasurer,
  type Measurement,
  type MeasureQuestion,
  type MeasureRefusal,
  type Measurer,
} from './session/measurer.ts';
import { createMender, type FixPreview, type FixQuestion, type Mender } from './session/mender.ts';
import type { PlumbingAction, PlumbingQuestion } from './session/plumber.ts';
import { createProber, type Prober } from './session/prober.ts';
import { createProver, type ProofAnswer, type Prover } from './session/prover.ts';
import { watchHost } from './session/watched-host.ts';
import {
  createWatcher,
  type RunningWatch,
  type Watcher,
  type WatchPlan,
  type WatchQuestion,
  type WatchRefusal,
} from './session/watcher.ts';
import type { Outcome, Trace } from './trace/trace.ts';
import type { tracePacket } from './trace/trace-packet.ts';
import type { TraceQuestion } from './trace/trace-question.ts';

/** What answers are made of, for those who only ask. */
export type {
  CaptureNews,
  CapturePoint,
  CaptureQuestion,
  CaptureRefusal,
  CaptureState,
  Change,
  ChangeState,
  ConnectionDiagnosis,
  Diagnosis,
  Finding,
  FixPreview,
  FixQuestion,
  Graph,
  Located,
  Measurement,
  MeasureQuestion,
  MeasureRefusal,
  Outcome,
  PlumbingAction,
  PlumbingQuestion,
  ProofAnswer,
  Remedy,
  RunningCapture,
  RunningWatch,
  SeenPoint,
  Severity,
  Trace,
  TraceQuestion,
  WatchAccount,
  WatchPlan,
  WatchQuestion,
  WatchRefusal,
};

export interface SessionState {
  /** Absent until the first answer has come. Replaced whole at every change, never edited. */
  readonly graph?: Graph;
  readonly phase: 'collecting' | 'ready' | 'failed';
  /** What is being waited for, while collecting. */
  readonly progress?: string;
  /** True while events of the host keep the graph current. */
  readonly following: boolean;
  readonly gaps: readonly Gap[];
  /** ISO 8601 time of the last change of the graph. */
  readonly changedAt?: string;
}

export interface Session extends Mender, Prover, Capturer, Watcher, Measurer, Prober {
  /** False when hosts are recordings. */
  readonly live: boolean;
  readonly readOnly: boolean;
  state(): SessionState;
  /** Called after every change of state(); returns the way to stop. Shape fits React's useSyncExternalStore. */
  subscribe(listener: () => void): () => void;
  /** Collects once (and then follows events, if asked to). Resolves when the first graph stands. Never rejects. */
  start(options: { readonly follow: boolean }): Promise<void>;
  refresh(): Promise<void>;
  /** Who is this? Pure on the current graph. */
  locate(words: readonly string[]): readonly Located[];
  trace(question: TraceQuestion): Trace | { readonly error: string };
  /**
   * What is wrong on the current graph; worked out in slices, so that keys are answered meanwhile. Empty before the first graph. With the graph of an
   * earlier picture also what was lost since.
   */
  findings(earlier?: Graph): Promise<Diagnosis>;
  /** Why one connection fails: what concerns it, root cause first. */
  connectionFindings(question: TraceQuestion): Promise<ConnectionDiagnosis | { readonly error: string }>;
  /** What was asked of the hosts, oldest first, bounded. */
  commandLog(): readonly AskedEntry[];
  /** Writes a recording: a folder, or a .tar.gz. */
  record(
    path: string,
    options: { readonly redact: boolean },
  ): Promise<{ readonly files: number; readonly gaps: readonly Gap[] } | { readonly error: string }>;
  close(): Promise<void>;
}

export interface SessionOptions extends CollectOptions {
  readonly readOnly?: boolean;
  /** Called for everything asked, as it is asked (`-v`). */
  readonly onAsked?: (entry: AskedEntry) => void;
}

const logLimit = 2000;
/** Shortest time between two graphs: a storm of events costs one rebuild a frame, a single event none of the wait. */
const frameMs = 16;

const explainFailure = (error: unknown): Gap => ({
  source: 'vethscope',
  reason: 'invalid',
  detail: error instanceof Error ? error.message : String(error),
});

/** Owns the hosts from here on: closing the session closes them. */
export const createSession = (hosts: readonly Host[], options: SessionOptions = {}): Session => {
  const listeners = new Set<() => void>();
  const log: AskedEntry[] = [];
  let current: SessionState = { phase: 'collecting', following: false, gaps: [] };
  let lastBuilt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: Gap | undefined;
  let closed = false;
  let showsStages = false;
  let tracer: typeof tracePacket | undefined;
  const doctor = createDoctor();

  const watched = hosts.map((host) => watchHost(host, options, () => schedule()));
  for (const host of hosts) {
    host.onAsked((entry) => {
      log.push(entry);
      if (log.length > logLimit) log.splice(0, log.length - logLimit);
      options.onAsked?.(entry);
    });
  }

  const build = (): void => {
    timer = undefined;
    lastBuilt = performance.now();
    const snapshots = watched.flatMap((one) => one.snapshot() ?? []);
    const waiting = [...new Set(watched.flatMap((one) => one.waitingFor()))];
    const complete = snapshots.length === hosts.length && waiting.length === 0;
    const graph = snapshots.length === 0 ? undefined : buildGraph(snapshots);
    current = {
      ...(graph === undefined ? {} : { graph }),
      phase: failure !== undefined ? 'failed' : complete ? 'ready' : 'collecting',
      ...(waiting.length === 0 ? {} : { progress: waiting.join(', ') }),
      following: watched.some((one) => one.following()),
      gaps: [
        ...(graph?.gaps ?? []),
        ...watched.flatMap((one) => one.gaps()),
        ...(failure === undefined ? [] : [failure]),
      ],
      changedAt: new Date().toISOString(),
    };
    for (const listener of listeners) listener();
  };

  const schedule = (): void => {
    if (closed || timer !== undefined || !showsStages) return;
    timer = setTimeout(build, Math.max(0, frameMs - (performance.now() - lastBuilt)));
  };

  const buildNow = (): void => {
    clearTimeout(timer);
    build();
  };

  const collectAll = async (): Promise<void> => {
    failure = undefined;
    await Promise.all(watched.map((one) => one.collect())).catch((error: unknown) => {
      failure = explainFailure(error);
    });
    buildNow();
  };

  /** A list of links must not wait for the packet path's code: only who reads everything can trace. */
  const loadTracer = async (): Promise<void> => {
    if (options.parts === undefined) tracer ??= (await import('./trace/trace-packet.ts')).tracePacket;
  };

  const mender = createMender({
    hosts,
    readOnly: options.readOnly ?? false,
    doctor,
    graph: () => current.graph,
    refresh: collectAll,
  });

  const trace: Session['trace'] = (question) =>
    current.graph === undefined || tracer === undefined
      ? { error: 'nothing has been read yet' }
      : tracer(current.graph, question);
  const prover = createProver({ hosts, readOnly: options.readOnly ?? false, graph: () => current.graph, trace });

  const watcher = createWatcher({ hosts, readOnly: options.readOnly ?? false, graph: () => current.graph, trace });
  const capturer = createCapturer({ hosts, readOnly: options.readOnly ?? false, graph: () => current.graph, trace });

  return {
    ...mender,
    ...prover,
    ...createProber({ prove: prover.prove, readOnly: options.readOnly ?? false, graph: () => current.graph }),
    ...capturer,
    ...createMeasurer({
      hosts,
      readOnly: options.readOnly ?? false,
      graph: () => current.graph,
      trace,
      capture: capturer.capture,
    }),
    ...watcher,
    live: hosts.some((host) => host.live),
    readOnly: options.readOnly ?? false,
    state: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async ({ follow }) => {
      // Who asks once gets one graph, of everything.
      showsStages = follow;
      await Promise.all([collectAll(), loadTracer()]);
      if (!follow || closed) return;
      await Promise.all(watched.map((one) => one.follow())).catch((error: unknown) => {
        failure = explainFailure(error);
      });
      buildNow();
    },
    refresh: collectAll,
    locate: (words) => (current.graph === undefined ? [] : locate(current.graph, words)),
    trace,
    findings: async (earlier) =>
      current.graph === undefined
        ? { findings: [], folded: [], gaps: current.gaps }
        : doctor.findings(current.graph, earlier),
    connectionFindings: async (question) =>
      current.graph === undefined ? { error: 'nothing has been read yet' } : doctor.connection(current.graph, question),
    commandLog: () => log,
    record: async (path, how) => {
      // Brings a schema library along that nothing else here needs.
      const { recordHosts } = await import('./session/record-hosts.ts');
      return recordHosts(hosts, options, path, how);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await Promise.all(watched.map((one) => one.close()));
    },
  };
};
