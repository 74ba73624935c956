/** What a view is made of: items one can move to, filter and copy, in columns or as whole lines. */
import type { Words } from '../format/line.ts';
import type { Ref } from '../ref.ts';
import type { ViewId } from '../state/ui-state.ts';

export interface Item {
  /** Stable over updates of the graph. */
  readonly id: string;
  readonly ref?: Ref;
  /** One per column; a view without columns has one, and so has a remark among the rows of a table. */
  readonly cells: readonly Words[];
  /** Shown with the faults-only toggle. */
  readonly faulty: boolean;
  /** False for headings and explanations: the cursor passes over. Default true. */
  readonly selectable?: false;
  /** Has children that ⏎ shows or hides. */
  readonly foldable?: boolean;
  /** More text to find it by than its cells show. */
  readonly keywords?: string | undefined;
  /** Indented items stay visible with their parents when the list is filtered. */
  readonly depth?: number;
  /** The view that ⏎ leads to, for items that stand for a whole view. */
  readonly opens?: ViewId;
  /** What `y` copies, where it is not the first cell. */
  readonly copy?: string;
}

/** Takes the whole row of a table. */
export const isNote = ({ selectable, cells }: Item): boolean => selectable === false && cells.length === 1;

/** What is shown of an item, and what more it is found by. */
export type Shown = Pick<Item, 'cells' | 'keywords'>;

/** An item whose cells are made when somebody looks: of thousands in a list a screen shows some forty. */
export const lazyItem = (known: Omit<Item, keyof Shown>, show: () => Shown): Item => {
  let shown: Shown | undefined;
  const look = (): Shown => {
    shown ??= show();
    return shown;
  };
  return {
    ...known,
    get cells() {
      return look().cells;
    },
    get keywords() {
      return look().keywords;
    },
  };
};

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly align?: 'right';
  /** Cells it needs to make sense; default: as wide as its contents. */
  readonly min?: number;
  /** Columns leave a narrow screen in descending order of this; 0 and absent stay. */
  readonly leaves?: number;
}
