/** How wide the contents of columns are: of a long list what is in sight at once, the rest in the pauses between keys. */
import { widthOf } from '../format/line.ts';
import { type Column, type Item, isNote } from '../views/item.ts';

/** Fewer are measured whole, before the first frame. */
const atOnce = 100;

interface Measure {
  readonly widest: number[];
  /** The first that is not measured. */
  next: number;
}

const measures = new WeakMap<readonly Item[], Measure>();
/** What came out for the same columns last: a list that is read again is taken to be as wide, so that it stands still meanwhile. */
const lastWhole = new WeakMap<readonly Column[], readonly number[]>();

const widen = ({ widest }: Measure, items: readonly Item[]): void => {
  for (const item of items) {
    if (isNote(item)) continue;
    const { cells } = item;
    for (let at = 0; at < widest.length; at++) {
      const width = widthOf(cells[at] ?? '');
      if (width > widest[at]!) widest[at] = width;
    }
  }
};

const measureNext = (measure: Measure, columns: readonly Column[], items: readonly Item[], count: number): void => {
  widen(measure, items.slice(measure.next, measure.next + count));
  measure.next += count;
  if (measure.next >= items.length) lastWhole.set(columns, measure.widest);
};

const measureOf = (columns: readonly Column[], items: readonly Item[]): Measure => {
  const known = measures.get(items);
  if (known !== undefined) return known;
  const measure: Measure = { widest: columns.map(() => 0), next: 0 };
  measures.set(items, measure);
  measureNext(measure, columns, items, Math.min(items.length, atOnce));
  return measure;
};

/** True as long as there is more of it. */
export const measureMore = (columns: readonly Column[], items: readonly Item[], count: number): boolean => {
  const measure = measureOf(columns, items);
  if (measure.next < items.length) measureNext(measure, columns, items, count);
  return measure.next < items.length;
};

/** Cells each column takes, its title included; empty columns take none. `shown`: what is in sight. */
export const measureColumns = (
  columns: readonly Column[],
  items: readonly Item[],
  shown: readonly Item[],
): readonly number[] => {
  const measure = measureOf(columns, items);
  const whole = measure.next >= items.length;
  if (!whole) widen(measure, shown);
  const assumed = whole ? undefined : lastWhole.get(columns);
  return columns.map((column, at) => {
    const width = Math.max(measure.widest[at]!, assumed?.[at] ?? 0);
    return width === 0 ? 0 : Math.max(width, column.title.length);
  });
};
