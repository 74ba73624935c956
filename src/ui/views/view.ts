/** What every view offers; `views.ts` lists them. */
import type { Graph } from '../../graph/graph.ts';
import type { Line } from '../format/line.ts';
import type { Glyphs } from '../format/theme.ts';
import type { GraphIndex } from '../graph-index.ts';
import type { Place, UiState, ViewId } from '../state/ui-state.ts';
import type { Column, Item } from './item.ts';

export interface ViewContext {
  readonly graph: Graph;
  readonly index: GraphIndex;
  readonly glyphs: Glyphs;
  readonly place: Place;
  readonly state: UiState;
}

export interface View {
  readonly id: ViewId;
  readonly title: string;
  readonly key: string;
  /** Names the `:` command takes. */
  readonly aliases: readonly string[];
  /** One sentence for help. */
  readonly about: string;
  /** Said when there is nothing to show. */
  readonly empty: string;
  /** [] for views of whole lines. */
  readonly columns: readonly Column[];
  /** A line above the items that stays while they scroll, for a view without columns. */
  readonly head?: (state: UiState) => Line;
  /** How an item looks, where that depends on the cursor; default: its cells. */
  readonly row?: (item: Item, selected: boolean, state: UiState) => Line;
  /** Besides graph and glyphs: what the items depend on. Rebuilt only when one of these changes. */
  readonly deps?: (state: UiState) => readonly unknown[];
  readonly build: (context: ViewContext) => readonly Item[];
  /** True: the view itself leaves out what the filter does not let through. */
  readonly ownFilter?: (state: UiState) => boolean;
  /** Few rows with much to tell: the detail pane takes what the list leaves free. */
  readonly wide?: true;
  /** No detail pane unless it is asked for. */
  readonly detail?: false;
  /** The newest is on top, and is what one wants to see: it is not opened where it was left. */
  readonly newestFirst?: true;
  /** Where the cursor starts when the items are new: the id of the item that matters most. */
  readonly start?: (items: readonly Item[], state: UiState) => string | undefined;
}
