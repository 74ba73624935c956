/** Two lists of lines compared as lists: what went, what came, and where, in the fewest steps. */

export interface LineChange {
  readonly change: 'added' | 'removed';
  readonly text: string;
  /** 1-based: in the old list of what went, in the new one of what came. */
  readonly index: number;
}

/** Above this many pairs only the lines are compared, not their order. */
const pairLimit = 4_000_000;

/** Longest common subsequence, backwards: lengths[a][b] is that of what follows. */
const commonLengths = (before: readonly string[], after: readonly string[]): readonly Uint32Array[] => {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--)
      rows[a]![b] = before[a] === after[b] ? rows[a + 1]![b + 1]! + 1 : Math.max(rows[a + 1]![b]!, rows[a]![b + 1]!);
  return rows;
};

const asSets = (before: readonly string[], after: readonly string[], offset: number): readonly LineChange[] => {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.flatMap((text, at): readonly LineChange[] =>
      now.has(text) ? [] : [{ change: 'removed', text, index: at + 1 + offset }],
    ),
    ...after.flatMap((text, at): readonly LineChange[] =>
      old.has(text) ? [] : [{ change: 'added', text, index: at + 1 + offset }],
    ),
  ];
};

export const diffLines = (before: readonly string[], after: readonly string[]): readonly LineChange[] => {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  const [old, now] = [before.slice(start, oldEnd), after.slice(start, newEnd)];
  if (old.length * now.length > pairLimit) return asSets(old, now, start);
  const lengths = commonLengths(old, now);
  const changes: LineChange[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < now.length) {
    if (a < old.length && b < now.length && old[a] === now[b]) {
      a++;
      b++;
    } else if (a < old.length && (b >= now.length || lengths[a + 1]![b]! >= lengths[a]![b + 1]!)) {
      changes.push({ change: 'removed', text: old[a]!, index: start + a + 1 });
      a++;
    } else {
      changes.push({ change: 'added', text: now[b]!, index: start + b + 1 });
      b++;
    }
  }
  return changes;
};
