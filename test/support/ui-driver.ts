/** Drives the screen without a terminal: keys in, frames out, on any graph. */
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Located } from '../../src/graph/locate.ts';
import type { SessionState } from '../../src/session.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { buildTheme } from '../../src/ui/format/theme.ts';
import { composeFrame } from '../../src/ui/screen/compose-frame.ts';
import { reduce } from '../../src/ui/state/reduce.ts';
import { startState } from '../../src/ui/state/start-state.ts';
import type { Effect, Services, UiEvent, UiState } from '../../src/ui/state/ui-state.ts';

export interface DriverOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly color?: boolean;
  readonly ascii?: boolean;
  readonly live?: boolean;
  readonly readOnly?: boolean;
  /** Every graph is diagnosed as soon as it comes. */
  readonly diagnosed?: boolean;
  readonly locate?: (words: readonly string[]) => readonly Located[];
  readonly trace?: Services['trace'];
}

export interface Driver {
  state(): UiState;
  /** Sends keys by name (`down`, `enter`, `ctrl+p`) or a text typed letter by letter (`'redis`). */
  press(...keys: readonly string[]): Driver;
  send(event: UiEvent): Driver;
  update(graph: Graph): Driver;
  /** What followFindings does after a while. */
  diagnose(): Driver;
  /** Rows as a person reads them, without colour and trailing blanks. */
  frame(): readonly string[];
  text(): string;
  painted(): readonly string[];
  effects(): readonly Effect[];
}

const noTrace = (): Trace | { readonly error: string } => ({ error: 'no trace here' });

export const sessionStateOf = (graph: Graph | undefined): SessionState =>
  graph === undefined
    ? { phase: 'collecting', following: false, gaps: [] }
    : { graph, phase: 'ready', following: false, gaps: [] };

const textKeys = (key: string): readonly string[] => (key.startsWith("'") ? [...key.slice(1)] : [key]);

export const drive = (graph: Graph | undefined, options: DriverOptions = {}): Driver => {
  const services: Services = { locate: options.locate ?? (() => []), trace: options.trace ?? noTrace };
  const theme = buildTheme({ color: options.color ?? false, ascii: options.ascii ?? false, linuxConsole: false });
  const session = sessionStateOf(graph);
  let state = startState({
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    theme,
    session,
    live: options.live ?? false,
    readOnly: options.readOnly ?? true,
  });
  let effects: readonly Effect[] = [];
  const send = (event: UiEvent): Driver => {
    const next = reduce(state, event, services);
    state = next.state;
    effects = [...effects, ...next.effects];
    return driver;
  };
  const driver: Driver = {
    state: () => state,
    send,
    press: (...keys) => {
      for (const key of keys.flatMap(textKeys)) send({ kind: 'key', key, text: [...key].length === 1 ? key : '' });
      return driver;
    },
    update: (changed) => {
      send({ kind: 'session', session: sessionStateOf(changed), log: [] });
      return options.diagnosed === true ? driver.diagnose() : driver;
    },
    diagnose: () => {
      const now = state.session.graph;
      return now === undefined ? driver : send({ kind: 'diagnosis', graph: now, diagnosis: diagnose(now) });
    },
    frame: () => composeFrame(state, services).map((row) => row.replace(/\u001b\[[0-9;]*m/g, '').trimEnd()),
    text: () => driver.frame().join('\n'),
    painted: () => composeFrame(state, services),
    effects: () => effects,
  };
  send({ kind: 'resize', columns: state.columns, rows: state.rows });
  return options.diagnosed === true ? driver.diagnose() : driver;
};
