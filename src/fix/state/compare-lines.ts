/** What must go and what must come so that one list becomes another, in its order. */

export interface Difference {
  readonly gone: readonly string[];
  readonly extra: readonly string[];
}

export const linesOf = (text: string): readonly string[] => (text === '' || text === 'absent' ? [] : text.split('\n'));

/** Where order means nothing. */
export const compareLines = (wanted: string, now: string): Difference => {
  const [old, fresh] = [linesOf(wanted), linesOf(now)];
  return {
    gone: old.filter((line) => !fresh.includes(line)),
    extra: fresh.filter((line) => !old.includes(line)),
  };
};

/**
 * Where a new one comes last among those of its group: what stands behind the first difference is taken out and put in again.
 * `gone` in the order in which to add, `extra` in the order in which to remove.
 */
export const compareInOrder = (
  wanted: string,
  now: string,
  groupOf: (line: string) => string = () => '',
): Difference => {
  const [old, fresh] = [Object.groupBy(linesOf(wanted), groupOf), Object.groupBy(linesOf(now), groupOf)];
  const differences = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].map((group): Difference => {
    const [before, after] = [old[group] ?? [], fresh[group] ?? []];
    const same = before.findIndex((line, at) => line !== after[at]);
    const from = same === -1 ? before.length : same;
    return { gone: before.slice(from), extra: after.slice(from).toReversed() };
  });
  return {
    gone: differences.flatMap(({ gone }) => gone),
    extra: differences.flatMap(({ extra }) => extra),
  };
};
