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

/** A rule that moved by one has another number, and a finding about it another id. */
const withoutNumbers = (id: string): string => id.replaceAll(/\/\d+/g, '');

/** `known`: ids of all findings before the change. */
export const recheck = async (
  { doctor, graph, refresh }: RecheckParts,
  finding: Pick<Finding, 'id' | 'check'>,
  ends: Ends | undefined,
  known: ReadonlySet<string>,
): Promise<Rechecked> => {
  const old = new Set([...known].map(withoutNumbers));
  const isOld = ({ id }: Finding): boolean => old.has(withoutNumbers(id));

  const findNew = async (now: Graph): Promise<readonly Finding[]> =>
    (await doctor.findings(now)).findings.filter(({ id }) => !known.has(id));

  /** A rule that moved by one gives the same finding another id: a new one of the same check counts as the old one. */
  const isStillThere = async (now: Graph, fresh: readonly Finding[]): Promise<boolean> => {
    if (finding.check === 'plumb') return false;
    const { findings, folded } = await doctor.findings(now);
    return (
      [...findings, ...folded].some(({ id }) => id === finding.id) || fresh.some(({ check }) => check === finding.check)
    );
  };

  const look = async (): Promise<Rechecked> => {
    await refresh();
    const now = graph();
    if (now === undefined) return { findingGone: false };
    const fresh = await findNew(now);
    const worse = fresh
      .filter((one) => (one.severity === 'error' || one.severity === 'warning') && !isOld(one))
      .map(({ id }) => id);
    const note = worse.length === 0 ? {} : { note: `new findings: ${worse.join(', ')}` };
    const findingGone = !(await isStillThere(now, fresh));
    if (ends === undefined) return { findingGone, ...note };
    const connection = await doctor.connection(now, ends);
    if ('error' in connection || connection.trace.outcome === 'unknown') return { findingGone, ...note };
    // The connection that was to work works: others may still meet the same obstacle.
    const traceAgrees = connection.trace.outcome === 'delivered';
    const still = traceAgrees ? {} : { still: connection.trace.explanation };
    return { findingGone: traceAgrees || findingGone, traceAgrees, ...still, ...note };
  };

  let last: Rechecked = { findingGone: false };
  for (const ms of recheckAfterMs) {
    await pause(ms);
    last = await look();
    if (last.findingGone && last.traceAgrees !== false) break;
  }
  return last;
};
