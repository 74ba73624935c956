/** Has every new graph diagnosed while nothing else is to be done, and hands the answer to the screen. */
import type { Diagnosis, Graph, Session } from '../session.ts';
import type { Store } from './state/store.ts';

/** The first picture, and the keys that follow it, come first. */
const restMs = 150;
/** While a host changes without end, looking takes at most one part in this of the time. */
const share = 5;

const broken = (error: unknown): Diagnosis => ({
  findings: [],
  folded: [],
  gaps: [
    {
      source: 'doctor',
      reason: 'invalid',
      detail: error instanceof Error ? error.message : String(error),
      howToSee: 'this is a bug of vethscope: please report it with a recording (:record)',
    },
  ],
});

/** Returns the way to stop. */
export const followFindings = (session: Session, store: Store): (() => void) => {
  let seen: Graph | undefined;
  let running = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let notBefore = 0;

  const look = async (graph: Graph): Promise<void> => {
    running = true;
    const began = performance.now();
    const diagnosis = await session.findings().catch(broken);
    running = false;
    notBefore = performance.now() + (performance.now() - began) * share;
    if (stopped) return;
    store.dispatch({ kind: 'diagnosis', graph, diagnosis });
    schedule();
  };
  const begin = (): void => {
    timer = undefined;
    const { graph, phase } = session.state();
    // A half-read host would look broken.
    if (graph === undefined || graph === seen || phase === 'collecting') return;
    seen = graph;
    void look(graph);
  };
  const schedule = (): void => {
    if (stopped || running || timer !== undefined || session.state().graph === seen) return;
    timer = setTimeout(begin, Math.max(restMs, notBefore - performance.now()));
  };

  const unsubscribe = session.subscribe(schedule);
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
};
