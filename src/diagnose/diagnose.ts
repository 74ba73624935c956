/** Everything the checks find on all hosts of a graph: root causes first, consequences folded under them. */
import type { Graph } from '../graph/graph.ts';
import type { Gap } from '../model/gap.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Check } from './check.ts';
import { allChecks } from './checks/all-checks.ts';
import { type Affected, type Diagnosis, type Finding, type Problem, severityRank } from './finding.ts';
import { type Found, fold } from './fold.ts';
import { buildHostView, type Earlier, type HostView } from './host-view.ts';
import type { NetnsPart } from './part.ts';

export interface DiagnoseOptions {
  /** Run only these checks. */
  readonly only?: readonly string[];
  /** A picture of the same hosts some seconds before: what has been counted since is looked at too. */
  readonly earlier?: { readonly graph: Graph; readonly seconds: number };
}

/** Finding ids stay readable and safe to type: names of links and containers, little else. */
const slug = (subject: string): string => subject.replace(/[^A-Za-z0-9_.:/-]+/g, '-').replace(/^-|-$/g, '');

/** Where several hosts are shown, a finding says whose it is, unless it does already. */
const onHost = (view: HostView, text: string, joint: string): string =>
  view.graph.hosts.size < 2 || text.includes(view.id) ? text : `${view.id}${joint}${text}`;

function makeFinding(
  check: Check,
  { subject: about, title, cases, hides, ...problem }: Problem,
  view: HostView,
  taken: Set<string>,
): Found {
  const alone = about === 'this host' && view.graph.hosts.size < 2;
  const subject = about === 'this host' && !alone ? view.id : onHost(view, about, '/');
  const base = alone ? check.id : `${check.id}:${slug(subject)}`;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  const finding: Finding = {
    id,
    check: check.id,
    severity: problem.severity ?? check.severity,
    subject,
    title: onHost(view, title, ': '),
    why: problem.why,
    evidence: problem.evidence,
    remedies: problem.remedies.map((remedy, index) => ({ n: index + 1, ...remedy })),
    hides: [],
    references: check.references,
  };
  const parts = { ...(cases === undefined ? {} : { cases }), ...(hides === undefined ? {} : { hides }) };
  return { finding, check, affects: problem.affects, ...parts };
}

function missingParts(check: Check, view: HostView): readonly NetnsPart[] {
  const homes = view.engines.map((engine) => engine.netns).filter((netns) => netns !== undefined);
  const netns = homes.length > 0 ? homes : view.home === undefined ? [] : [view.home];
  return check.needs.filter((part) => netns.some((node) => node.facts[part] === undefined));
}

/** One gap for each missing part, naming what therefore stayed undecided. */
function gapsOf(undecided: ReadonlyMap<NetnsPart, readonly string[]>): readonly Gap[] {
  return [...undecided].map(([part, checks]) => ({
    source: `doctor: ${part}`,
    reason: 'missing',
    detail: `${part} of the engine's netns were not read; not decided: ${checks.join(', ')}`,
    howToSee: 'run as root',
  }));
}

function* runChecks(
  view: HostView,
  checks: readonly Check[],
  taken: Set<string>,
): Generator<void, { readonly found: readonly Found[]; readonly gaps: readonly Gap[] }> {
  const found: Found[] = [];
  const undecided = new Map<NetnsPart, string[]>();
  const unasked: Gap[] = [];
  for (const check of checks) {
    const missing = missingParts(check, view);
    for (const part of missing) undecided.set(part, [...(undecided.get(part) ?? []), check.id]);
    if (missing.length > 0) continue;
    if (check.prepare !== undefined) yield* check.prepare(view);
    for (const problem of check.find(view)) found.push(makeFinding(check, problem, view, taken));
    const detail = check.unasked?.(view);
    if (detail !== undefined) unasked.push({ source: `doctor: ${check.id}`, reason: 'truncated', detail });
    yield;
  }
  return { found, gaps: [...gapsOf(undecided), ...unasked] };
}

export interface HostDiagnosis {
  readonly diagnosis: Diagnosis;
  /** Finding id → what it breaks. */
  readonly affects: ReadonlyMap<string, readonly Affected[]>;
}

const order = new Map(
  allChecks.map((check, index) => [check.id, index - (check.gate === true ? allChecks.length : 0)]),
);

/** Worst first; among equals the cause before what may follow from it. */
const byWeight = (a: Finding, b: Finding): number =>
  severityRank[a.severity] - severityRank[b.severity] ||
  (order.get(a.check) ?? 0) - (order.get(b.check) ?? 0) ||
  (a.id < b.id ? -1 : 1);

function earlierOf({ host }: Snapshot, { earlier }: DiagnoseOptions): Earlier | undefined {
  const home = earlier?.graph.netns.get(earlier.graph.hosts.get(host.id)?.netns ?? ('' as NetnsId));
  return earlier === undefined || home === undefined ? undefined : { home, seconds: earlier.seconds };
}

function* diagnoseHost(
  graph: Graph,
  snapshot: Snapshot,
  options: DiagnoseOptions,
  taken: Set<string>,
): Generator<void, HostDiagnosis> {
  const checks = allChecks.filter((check) => options.only?.includes(check.id) !== false);
  const { found, gaps } = yield* runChecks(buildHostView(graph, snapshot, earlierOf(snapshot, options)), checks, taken);
  const { roots, folded } = fold(found);
  return {
    diagnosis: { findings: [...roots].sort(byWeight), folded, gaps },
    affects: new Map(found.map((one) => [one.finding.id, one.affects])),
  };
}

/** Pauses after every check, for a caller that must not keep others waiting. */
export function* diagnoseInSteps(graph: Graph, options: DiagnoseOptions = {}): Generator<void, HostDiagnosis> {
  const taken = new Set<string>();
  const all: HostDiagnosis[] = [];
  for (const snapshot of graph.snapshots) all.push(yield* diagnoseHost(graph, snapshot, options, taken));
  return {
    diagnosis: {
      findings: all.flatMap(({ diagnosis }) => diagnosis.findings).sort(byWeight),
      folded: all.flatMap(({ diagnosis }) => diagnosis.folded),
      gaps: all.flatMap(({ diagnosis }) => diagnosis.gaps),
    },
    affects: new Map(all.flatMap(({ affects }) => [...affects])),
  };
}

/** `diagnose`, and what each finding breaks: for who asks about one connection. */
export function diagnoseWithAffected(graph: Graph, options: DiagnoseOptions = {}): HostDiagnosis {
  const steps = diagnoseInSteps(graph, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export const diagnose = (graph: Graph, options: DiagnoseOptions = {}): Diagnosis =>
  diagnoseWithAffected(graph, options).diagnosis;
