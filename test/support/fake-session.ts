/** A session on a graph that stands already, or comes after a while: what the screen needs, without hosts. */
import type { Graph } from '../../src/graph/graph.ts';
import { locate } from '../../src/graph/locate.ts';
import { createDoctor } from '../../src/session/doctor.ts';
import type { Session, SessionState } from '../../src/session.ts';

export interface FakeSession extends Session {
  /** The host changed: everybody is told. */
  set(state: SessionState): void;
}

export const fakeSession = (graph: Graph | undefined, trace?: Session['trace']): FakeSession => {
  let state: SessionState =
    graph === undefined
      ? { phase: 'collecting', following: false, gaps: [] }
      : { graph, phase: 'ready', following: false, gaps: [] };
  const doctor = createDoctor();
  const listeners = new Set<() => void>();
  return {
    live: false,
    readOnly: true,
    state: () => state,
    set: (next) => {
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => undefined,
    refresh: async () => undefined,
    locate: (words) => (state.graph === undefined ? [] : locate(state.graph, words)),
    trace: trace ?? (() => ({ error: 'no trace in this session' })),
    findings: async () =>
      state.graph === undefined ? { findings: [], folded: [], gaps: [] } : doctor.findings(state.graph),
    connectionFindings: async () => ({ error: 'no diagnosis in this session' }),
    previewFix: async () => ({ error: 'no remedies in this session' }),
    applyFix: async () => ({ error: 'no remedies in this session' }),
    undo: async () => ({ error: 'nothing to take back' }),
    confirm: async () => ({ error: 'nothing to confirm' }),
    journal: async () => ({ changes: [], damaged: 0, folder: '/nowhere' }),
    prove: async () => ({ error: 'no probe in this session' }),
    planWatch: async () => ({ error: 'nothing can be watched in this session', reason: 'unsupported' }),
    watch: async () => ({ error: 'nothing can be watched in this session', reason: 'unsupported' }),
    capturePoints: async () => ({ error: 'no captures in this session', reason: 'unsupported' }),
    capture: async () => ({ error: 'no captures in this session', reason: 'unsupported' }),
    openCapture: async () => ({ error: 'no captures in this session', reason: 'unsupported' }),
    probe: async () => ({ error: 'no probes in this session' }),
    measure: async () => ({ error: 'nothing can be sent in this session', reason: 'unsupported' }),
    commandLog: () => [],
    record: async () => ({ error: 'nothing to record' }),
    close: async () => undefined,
  };
};
