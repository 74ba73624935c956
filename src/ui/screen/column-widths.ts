/** Which columns a table shows at this width, and how wide each is. */
import type { Column } from '../views/item.ts';

export interface Placed {
  readonly column: Column;
  /** Position among the cells of an item. */
  readonly at: number;
  readonly width: number;
}

export const gap = 2;

/** Ranks from here on leave as soon as anything would be cut. */
const niceToHave = 5;
/** One very long name must not drive everything else out. */
const widest = 32;

const leastWidth = (column: Column, natural: number): number => Math.min(natural, column.min ?? natural);

/** Columns leave by their rank until the rest fits at its least width; then what is left over is handed out from the left. */
export const placeColumns = (
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): readonly Placed[] => {
  let shown = columns.map((column, at) => ({ column, at, natural: natural[at]! })).filter((each) => each.natural > 0);
  // Columns that are only nice to have make room before any other is cut.
  const wanted = (): number => shown.reduce((sum, each) => sum + Math.min(each.natural, widest) + gap, -gap);
  for (;;) {
    const leaving = Math.max(0, ...shown.map((each) => each.column.leaves ?? 0));
    if (leaving < niceToHave || wanted() <= width) break;
    shown = shown.filter((each) => (each.column.leaves ?? 0) !== leaving);
  }
  const needed = (): number => shown.reduce((sum, each) => sum + leastWidth(each.column, each.natural) + gap, -gap);
  while (needed() > width) {
    const leaving = Math.max(...shown.map((each) => each.column.leaves ?? 0));
    if (leaving <= 0) break;
    shown = shown.filter((each) => (each.column.leaves ?? 0) !== leaving);
  }
  let spare = Math.max(0, width - needed());
  const placed = shown.map((each) => ({ ...each, width: leastWidth(each.column, each.natural) }));
  // What stays longest is what matters most: it grows first.
  for (const each of placed.toSorted((a, b) => (a.column.leaves ?? 0) - (b.column.leaves ?? 0))) {
    const more = Math.min(spare, each.natural - each.width);
    each.width += more;
    spare -= more;
  }
  return placed;
};
