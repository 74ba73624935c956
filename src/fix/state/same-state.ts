/** Whether two readings of one thing say the same. */
import { linesOf } from './compare-lines.ts';
import type { Touch } from './touch.ts';

const byKey = (text: string): ReadonlyMap<string, string> =>
  new Map(linesOf(text).map((line) => [line.split(' = ')[0] ?? '', line]));

/** Links come and go with their sysctls: those that are in both count. */
const sameSettings = (one: string, two: string): boolean => {
  const other = byKey(two);
  return [...byKey(one)].every(([key, line]) => (other.get(key) ?? line) === line);
};

export const isSameState = (touch: Touch, one: string, two: string): boolean =>
  one === two || (touch.kind === 'sysctls' && sameSettings(one, two));

const lists: ReadonlySet<Touch['kind']> = new Set(['addresses', 'neighbours', 'fdb', 'vlans', 'link-routes']);

/**
 * What went along with a change and was then changed by others too: what was before, with what they brought and without what they took;
 * undefined: it is theirs now.
 */
export const mergeOthers = (touch: Touch, before: string, after: string, now: string): string | undefined => {
  if (touch.effect !== true || isSameState(touch, after, now)) return before;
  if (!lists.has(touch.kind)) return undefined;
  const [old, left, fresh] = [before, after, now].map(linesOf) as [
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  const kept = old.filter((line) => fresh.includes(line) || !left.includes(line));
  return [...kept, ...fresh.filter((line) => !left.includes(line) && !kept.includes(line))].join('\n');
};
