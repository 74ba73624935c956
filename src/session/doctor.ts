/** Diagnoses the current graph in slices, once for each graph. */

import type { HostDiagnosis } from '../diagnose/diagnose.ts';
import type { Diagnosis } from '../diagnose/finding.ts';
import type { ConnectionDiagnosis } from '../diagnose/from-trace.ts';
import type { Graph } from '../graph/graph.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';

export interface Doctor {
  /** `earlier`: a picture of the same hosts from before; what was counted since is looked at as well. */
  findings(graph: Graph, earlier?: Graph): Promise<Diagnosis>;
  connection(graph: Graph, question: TraceQuestion): Promise<ConnectionDiagnosis | { readonly error: string }>;
}

/** Half a frame: keys are answered in between. */
const sliceMs = 8;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function runInSlices(steps: Generator<void, HostDiagnosis>): Promise<HostDiagnosis> {
  let began = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < sliceMs) continue;
    await nextTurn();
    began = performance.now();
  }
}

const takenAt = ({ snapshots }: Graph): number =>
  Math.max(...snapshots.map((snapshot) => Date.parse(snapshot.takenAt)));

/** Between two pictures there is always a second to speak of. */
async function compare(graph: Graph, earlier: Graph): Promise<Diagnosis> {
  const { diagnoseInSteps } = await import('../diagnose/diagnose.ts');
  const seconds = Math.max(1, Math.round((takenAt(graph) - takenAt(earlier)) / 1000));
  return (await runInSlices(diagnoseInSteps(graph, { earlier: { graph: earlier, seconds } }))).diagnosis;
}

export function createDoctor(): Doctor {
  const known = new WeakMap<Graph, Promise<HostDiagnosis>>();
  const diagnoseOnce = (graph: Graph): Promise<HostDiagnosis> => {
    const running =
      known.get(graph) ??
      import('../diagnose/diagnose.ts').then(({ diagnoseInSteps }) => runInSlices(diagnoseInSteps(graph)));
    known.set(graph, running);
    return running;
  };
  return {
    findings: async (graph, earlier) =>
      earlier === undefined ? (await diagnoseOnce(graph)).diagnosis : compare(graph, earlier),
    connection: async (graph, question) => {
      const [{ diagnoseConnection }, found] = await Promise.all([
        import('../diagnose/from-trace.ts'),
        diagnoseOnce(graph),
      ]);
      return diagnoseConnection(graph, question, {}, found);
    },
  };
}
