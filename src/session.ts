/** What a user can ask, whether by key or by command; screen and report call the same functions. */
import type { Graph } from './graph/graph.ts';
import type { AskedEntry } from './host/host.ts';
import type { Gap } from './model/gap.ts';
import type { Trace } from './trace/trace.ts';
import type { Located } from './graph/locate.ts';

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

export interface TraceQuestion {
  /** ENDPOINT as the command line takes it: container name, `container:`, `netns:`, `pid:`, `host`, `outside`, an address. */
  readonly from: string;
  /** ENDPOINT[:PORT][/proto]. */
  readonly to: string;
  readonly without?: readonly string[];
  readonly withSysctl?: Readonly<Record<string, string>>;
}

export interface Session {
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
  /** What was asked of the hosts, oldest first, bounded. */
  commandLog(): readonly AskedEntry[];
  /** Writes a recording: a folder, or a .tar.gz. */
  record(path: string, options: { readonly redact: boolean }): Promise<{ readonly files: number; readonly gaps: readonly Gap[] } | { readonly error: string }>;
  close(): Promise<void>;
}
