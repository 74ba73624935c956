/** One thing that is not the same in two pictures of a host. */

export type DifferenceKind =
  | 'netns'
  | 'container'
  | 'network'
  | 'port'
  | 'link'
  | 'address'
  | 'route'
  | 'policy rule'
  | 'chain'
  | 'rule'
  | 'sysctl';

export interface Difference {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: DifferenceKind;
  /** What the netns is called it lies in; absent: it lies in none. */
  readonly netns?: string;
  /** What it is about: `web/eth0`, `filter DOCKER-USER`. */
  readonly subject: string;
  /** One line. */
  readonly text: string;
  readonly before?: string;
  readonly after?: string;
}

type Where = Pick<Difference, 'kind' | 'subject' | 'netns'>;

export const added = (where: Where, text: string): Difference => ({ change: 'added', ...where, text, after: text });
export const removed = (where: Where, text: string): Difference => ({
  change: 'removed',
  ...where,
  text,
  before: text,
});
export const changed = (where: Where, what: string, before: string, after: string): Difference => ({
  change: 'changed',
  ...where,
  text: what === '' ? `${before} is now ${after}` : `${what} ${before} is now ${after}`,
  before,
  after,
});

/** Fields as texts; absent and '' are the same. */
export type Fields = Readonly<Record<string, string>>;

const orNothing = (text: string | undefined): string => (text === undefined || text === '' ? 'none' : text);

/** Field by field, in the order of the later one. */
export const compareFields = (where: Where, before: Fields, after: Fields): readonly Difference[] =>
  [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((name) => orNothing(before[name]) !== orNothing(after[name]))
    .map((name) => changed(where, name, orNothing(before[name]), orNothing(after[name])));

/** What only one of two sets of lines has. */
export const compareSets = (
  where: Where,
  before: readonly string[],
  after: readonly string[],
): readonly Difference[] => {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...[...old].filter((text) => !now.has(text)).map((text) => removed(where, text)),
    ...[...now].filter((text) => !old.has(text)).map((text) => added(where, text)),
  ];
};

/** Things by what they are called: those that came, went, and are both there. */
export const compareKeyed = <Thing>(
  before: ReadonlyMap<string, Thing>,
  after: ReadonlyMap<string, Thing>,
  tell: {
    readonly gone: (key: string, thing: Thing) => readonly Difference[];
    readonly came: (key: string, thing: Thing) => readonly Difference[];
    readonly both: (key: string, before: Thing, after: Thing) => readonly Difference[];
  },
): readonly Difference[] => [
  ...[...before].flatMap(([key, thing]) => (after.has(key) ? [] : tell.gone(key, thing))),
  ...[...after].flatMap(([key, thing]) => {
    const old = before.get(key);
    return old === undefined ? tell.came(key, thing) : tell.both(key, old, thing);
  }),
];
