/** Rows that only moved up or down between two frames: the terminal can move them itself, for a dozen bytes. */

export interface Scroll {
  /** First and last row of the region that moves, counted from 0. */
  readonly top: number;
  readonly bottom: number;
  /** Rows everything in it moves up; negative: down. */
  readonly by: number;
}

/** A jump further than this leaves little that could be kept. */
const furthest = 16;
/** Fewer moved rows than this are as well written anew. */
const fewest = 4;

const movedRows = (before: readonly string[], after: readonly string[], by: number): readonly number[] => {
  const rows: number[] = [];
  for (const [at, row] of after.entries()) {
    if (row !== '' && row !== before[at] && row === before[at + by]) rows.push(at);
  }
  return rows;
};

export const findScroll = (before: readonly string[], after: readonly string[]): Scroll | undefined => {
  let best: Scroll | undefined;
  let most = fewest - 1;
  for (let by = -furthest; by <= furthest; by++) {
    if (by === 0) continue;
    const rows = movedRows(before, after, by);
    if (rows.length <= most) continue;
    most = rows.length;
    const first = rows[0]!;
    const last = rows.at(-1)!;
    best = { top: Math.min(first, first + by), bottom: Math.max(last, last + by), by };
  }
  return best;
};

/** What is in the region after the terminal has moved it; rows that were pushed in are blank. */
export const scrolled = <Row>(rows: readonly Row[], { top, bottom, by }: Scroll, blank: Row): readonly Row[] =>
  rows.map((row, at) => {
    if (at < top || at > bottom) return row;
    const source = at + by;
    return source < top || source > bottom ? blank : rows[source]!;
  });

/** Delete or insert lines within a scroll region: older and wider spread than the scroll commands. */
export const scrollBytes = ({ top, bottom, by }: Scroll): string =>
  `\u001b[m\u001b[${top + 1};${bottom + 1}r\u001b[${top + 1}H\u001b[${Math.abs(by)}${by > 0 ? 'M' : 'L'}\u001b[r`;
