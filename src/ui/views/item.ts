/** What a view is made of: items one can move to, filter and copy, in columns or as whole lines. */
import type { Words } from '../format/line.ts';
import type { Ref } from '../ref.ts';
import type { ViewId } from '../state/ui-state.ts';

export interface Item {
  /** Stable over updates of the graph. */
  readonly id: string;
  readonly ref?: Ref;
  /** One per column; a view without columns has one. */
  readonly cells: readonly Words[];
  /** Shown with the faults-only toggle. */
  readonly faulty: boolean;
  /** False for headings and explanations: the cursor passes over. Default true. */
  readonly selectable?: false;
  /** Has children that ⏎ shows or hides. */
  readonly foldable?: boolean;
  /** More text to find it by than its cells show. */
  readonly keywords?: string;
  /** Indented items stay visible with their parents when the list is filtered. */
  readonly depth?: number;
  /** The view that ⏎ leads to, for items that stand for a whole view. */
  readonly opens?: ViewId;
  /** What `y` copies, where it is not the first cell. */
  readonly copy?: string;
}

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly align?: 'right';
  /** Cells it needs to make sense; default: as wide as its contents. */
  readonly min?: number;
  /** Columns leave a narrow screen in descending order of this; 0 and absent stay. */
  readonly leaves?: number;
}
