/** Reads the host anew after a change, and tells whether it helped and harmed nobody. */
import type { Finding } from '../diagnose/finding.ts';
import type { Rechecked } from '../fix/apply-remedy.ts';
import type { Graph } from '../graph/graph.ts';
import type { Doctor } from './doctor.ts';
import type { Ends } from './mender.ts';

export interface RecheckParts {
  readonly doctor: Doctor;
  readonly graph: () => Graph | undefined;
  readonly refresh: () => Promise<void>;
}

/** The kernel needs a moment: carriers come up, neighbours answer. */
const recheckAfterMs = [0, 250, 750, 2000] as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `known`: ids of all findings before the change. */
export const recheck = async (
  { doctor, graph, refresh }: RecheckParts,
  finding: Finding,
  ends: Ends | undefined,
  known: ReadonlySet<string>,
): Promise<Rechecked> => {
  /** A rule that moved by one gives the same finding another id: a new one of the same check counts as the old one. */
  const isStillThere = async (now: Graph): Promise<boolean> => {
    const { findings, folded } = await doctor.findings(now);
    const fresh = findings.filter(({ id }) => !known.has(id));
    // Plumbing mends nothing: it must not break anything.
    if (finding.check === 'plumb') return fresh.some(({ severity }) => severity === 'error' || severity === 'warning');
    return (
      [...findings, ...folded].some(({ id }) => id === finding.id) || fresh.some(({ check }) => check === finding.check)
    );
  };

  const look = async (): Promise<Rechecked> => {
    await refresh();
    const now = graph();
    if (now === undefined) return { findingGone: false };
    if (ends === undefined) return { findingGone: !(await isStillThere(now)) };
    const connection = await doctor.connection(now, ends);
    if ('error' in connection || connection.trace.outcome === 'unknown')
      return { findingGone: !(await isStillThere(now)) };
    // The connection that was to work works: others may still meet the same obstacle.
    const traceAgrees = connection.trace.outcome === 'delivered';
    return { findingGone: traceAgrees || !(await isStillThere(now)), traceAgrees };
  };

  let last: Rechecked = { findingGone: false };
  for (const ms of recheckAfterMs) {
    await pause(ms);
    last = await look();
    if (last.findingGone && last.traceAgrees !== false) break;
  }
  return last;
};
