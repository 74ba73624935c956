/** What is wrong, as every part of the screen tells it: findings, the wiring faults none of them covers, and what could not be seen. */
import type { Diagnosis, Finding } from '../diagnose/finding.ts';
import type { Graph, WiringFault } from '../graph/graph.ts';
import type { Gap } from '../model/gap.ts';
import type { UiState } from './state/ui-state.ts';

export interface Problems {
  readonly findings: readonly Finding[];
  /** Not covered by a finding. All of them as long as nothing was diagnosed. */
  readonly faults: readonly WiringFault[];
  /** Wiring whose other side cannot be seen: nothing says that it is wrong. */
  readonly doubts: readonly WiringFault[];
  readonly gaps: readonly Gap[];
  /** none: nothing was diagnosed yet; old: of an earlier graph; now: of the graph that is shown. */
  readonly diagnosed: 'none' | 'old' | 'now';
}

/** Wiring that is cut, not only in doubt. */
const severe: ReadonlySet<WiringFault['kind']> = new Set([
  'link-down',
  'no-master',
  'duplicate-address',
  'dead-bridge',
]);

const unseen: ReadonlySet<WiringFault['kind']> = new Set(['half-pair', 'hidden-netns']);

export const isSevere = (fault: WiringFault): boolean => severe.has(fault.kind);

/** Everything that findings above `info` rest on: a remark explains no fault. */
const coveredBy = ({ findings, folded }: Diagnosis, graph: Graph): ReadonlySet<string> => {
  const covered = new Set<string>();
  for (const { severity, evidence } of [...findings, ...folded]) {
    if (severity === 'info') continue;
    for (const { link, container, netns } of evidence) {
      if (link !== undefined) {
        covered.add(link);
        const peer = graph.links.get(link)?.peer;
        if (peer?.certainty === 'exact') covered.add(peer.to);
      }
      if (container !== undefined) covered.add(container);
      else if (netns !== undefined && link === undefined) covered.add(netns);
    }
  }
  return covered;
};

const uncovered = (graph: Graph, diagnosis: Diagnosis | undefined): readonly WiringFault[] => {
  if (diagnosis === undefined) return graph.faults;
  const covered = coveredBy(diagnosis, graph);
  // A link says more exactly than a netns or container what is meant.
  return graph.faults.filter((fault) => {
    const subject = fault.link ?? fault.container ?? fault.netns;
    return subject === undefined || !covered.has(subject);
  });
};

let last: { readonly deps: readonly unknown[]; readonly problems: Problems } | undefined;

export const problemsOf = ({ session, diagnosed }: Pick<UiState, 'session' | 'diagnosed'>): Problems => {
  const { graph } = session;
  const deps = [graph, session.gaps, diagnosed];
  if (last !== undefined && deps.every((value, at) => value === last?.deps[at])) return last.problems;
  const diagnosis = diagnosed?.diagnosis;
  const open = graph === undefined ? [] : uncovered(graph, diagnosis);
  const problems: Problems = {
    findings: diagnosis?.findings ?? [],
    faults: open.filter(({ kind }) => !unseen.has(kind)),
    doubts: open.filter(({ kind }) => unseen.has(kind)),
    gaps: [...new Set([...(graph?.gaps ?? []), ...session.gaps, ...(diagnosis?.gaps ?? [])])],
    diagnosed: diagnosed === undefined ? 'none' : diagnosed.graph === graph ? 'now' : 'old',
  };
  last = { deps, problems };
  return problems;
};

/** By id: a finding that is listed, or one that is folded under another. */
export const findFinding = ({ diagnosed }: Pick<UiState, 'diagnosed'>, id: string): Finding | undefined =>
  diagnosed?.diagnosis.findings.find((one) => one.id === id) ??
  diagnosed?.diagnosis.folded.find((one) => one.id === id);
