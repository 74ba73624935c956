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

type Diagnosed = Pick<UiState, 'session' | 'diagnosed' | 'probe' | 'count'>;

const answerOf = (probe: UiState['probe']) => (probe !== undefined && 'answer' in probe ? probe.answer : undefined);

const gapsOf = (probe: UiState['probe']): readonly Gap[] => answerOf(probe)?.gaps ?? [];

/** Findings that no single picture shows: what was tried failed, or was counted between two. */
export const seenOnly = ({ probe, count, diagnosed }: Omit<Diagnosed, 'session'>): readonly Finding[] => {
  const known = new Set(diagnosed?.diagnosis.findings.map(({ id }) => id));
  const found = [...(answerOf(probe)?.findings ?? []), ...(count?.phase === 'counted' ? count.findings : [])];
  return found.filter(({ id }) => !known.has(id));
};

let last: { readonly deps: readonly unknown[]; readonly problems: Problems } | undefined;

export const problemsOf = (state: Diagnosed): Problems => {
  const { session, diagnosed, probe, count } = state;
  const { graph } = session;
  const deps = [graph, session.gaps, diagnosed, probe, count];
  if (last !== undefined && deps.every((value, at) => value === last?.deps[at])) return last.problems;
  const diagnosis = diagnosed?.diagnosis;
  const found = seenOnly(state);
  const open = graph === undefined ? [] : uncovered(graph, diagnosis);
  const problems: Problems = {
    findings: [...found, ...(diagnosis?.findings ?? [])],
    faults: open.filter(({ kind }) => !unseen.has(kind)),
    doubts: open.filter(({ kind }) => unseen.has(kind)),
    gaps: [...new Set([...(graph?.gaps ?? []), ...session.gaps, ...(diagnosis?.gaps ?? []), ...gapsOf(probe)])],
    diagnosed: diagnosed === undefined ? 'none' : diagnosed.graph === graph ? 'now' : 'old',
  };
  last = { deps, problems };
  return problems;
};

/** By id: a finding that is listed, or one that is folded under another. */
export const findFinding = (state: Omit<Diagnosed, 'session'>, id: string): Finding | undefined =>
  state.diagnosed?.diagnosis.findings.find((one) => one.id === id) ??
  state.diagnosed?.diagnosis.folded.find((one) => one.id === id) ??
  seenOnly(state).find((one) => one.id === id);
