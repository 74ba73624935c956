/** Folds findings that are only consequences of another one under it. */
import type { Check } from './check.ts';
import { type Affected, type Case, endings, type Finding, type Severity } from './finding.ts';

export interface Found {
  readonly finding: Finding;
  readonly check: Check;
  readonly affects: readonly Affected[];
  readonly cases?: readonly Case[];
  /** Instead of what its check hides. */
  readonly hides?: readonly string[];
}

/** Exposures stand for themselves; a remark never hides a fault. */
const weight: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1, security: 0 };

/** That a packet does not pass says no more than the warning that tells why. */
const weightOf = ({ check, finding }: Found): number =>
  check.id === 'flow-blocked' ? Math.min(weight[finding.severity], weight.warning) : weight[finding.severity];

/** Could a packet that ends so have gone wrong because of it? */
const leadsTo = ({ breaks, breaksAnswers, leadsTo: furthest = 'elsewhere' }: Check, one: Case): boolean =>
  (one.kind === undefined || breaks?.includes(one.kind) !== false) &&
  (breaksAnswers !== true || one.inReply) &&
  endings.indexOf(one.endsAt) <= endings.indexOf(furthest);

/** Rules as iptables-save prints them, with their chain. */
const rulesOf = ({ finding }: Found): readonly string[] =>
  finding.evidence.map(({ fact }) => /(-A \S+ .*)$/.exec(fact)?.[1]).filter((rule) => rule !== undefined);

/** Both tell of the same rule: whatever it stops is told once. */
const isSameRule = (root: Found, other: Found): boolean => {
  const mine = rulesOf(root);
  return rulesOf(other).some((rule) => mine.includes(rule));
};

export function explains(root: Found, other: Found): boolean {
  if (root === other || other.finding.severity === 'security' || root.finding.severity === 'security') return false;
  if (weight[root.finding.severity] < weightOf(other)) return false;
  const hides = root.hides ?? root.check.hides;
  if (hides?.includes(other.check.id) !== true || root.check.id === other.check.id) return false;
  const mine = new Set(root.affects);
  const shares = (objects: readonly Affected[]) => mine.has('host') || objects.some((object) => mine.has(object));
  return other.cases === undefined
    ? shares(other.affects)
    : isSameRule(root, other) || other.cases.every((one) => shares(one.affects) && leadsTo(root.check, one));
}

/** A finding that two explain goes to the first in the order of the checks; a chain of causes folds under its first link. */
export function fold(found: readonly Found[]): {
  readonly roots: readonly Finding[];
  readonly folded: readonly Finding[];
} {
  const parents = new Map<Found, Found>();
  for (const [index, other] of found.entries()) {
    // Of two that name each other the one that is checked first is the cause.
    const isCause = (root: Found, at: number) => explains(root, other) && !(index < at && explains(other, root));
    const parent = found.find((root, at) => isCause(root, at) && !isBelow(parents, root, other));
    if (parent !== undefined) parents.set(other, parent);
  }
  const below = new Map<Found, string[]>();
  for (const other of parents.keys()) {
    const root = rootOf(parents, other);
    below.set(root, [...(below.get(root) ?? []), other.finding.id]);
  }
  const roots = found
    .filter((one) => !parents.has(one))
    .map((one) => ({ ...one.finding, hides: below.get(one) ?? [] }));
  return { roots, folded: [...parents.keys()].map((one) => one.finding) };
}

function rootOf(parents: ReadonlyMap<Found, Found>, found: Found): Found {
  const parent = parents.get(found);
  return parent === undefined ? found : rootOf(parents, parent);
}

/** Two checks that name each other must not fold each other away. */
function isBelow(parents: ReadonlyMap<Found, Found>, found: Found, above: Found): boolean {
  for (let one: Found | undefined = found; one !== undefined; one = parents.get(one)) if (one === above) return true;
  return false;
}
