/** Which columns a table shows at this width, and how wide each is. */
import { widthOf } from '../format/line.ts';
import type { Column, Item } from '../views/item.ts';

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

const naturals = new WeakMap<readonly Item[], readonly number[]>();

/** Cells each column's widest content takes; empty columns take none. */
const naturalWidths = (columns: readonly Column[], items: readonly Item[]): readonly number[] => {
  const known = naturals.get(items);
  if (known !== undefined) return known;
  const widest = columns.map(() => 0);
  for (const item of items) {
    for (let at = 0; at < widest.length; at++) {
      const width = widthOf(item.cells[at] ?? '');
      if (width > widest[at]!) widest[at] = width;
    }
  }
  const widths = columns.map((column, at) => (widest[at] === 0 ? 0 : Math.max(widest[at]!, column.title.length)));
  naturals.set(items, widths);
  return widths;
};

const leastWidth = (column: Column, natural: number): number => Math.min(natural, column.min ?? natural);

/** Columns leave by their rank until the rest fits at its least width; then what is left over is handed out from the left. */
export const placeColumns = (columns: readonly Column[], items: readonly Item[], width: number): readonly Placed[] => {
  const natural = naturalWidths(columns, items);
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
