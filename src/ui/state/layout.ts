/** Where everything goes on a screen of this size. */
import { views } from '../views/views.ts';
import { selectItems } from './select-items.ts';
import type { UiState } from './ui-state.ts';

export const smallest = { columns: 60, rows: 10 } as const;

export interface Layout {
  readonly tooSmall: boolean;
  /** Rows of items in the list, without its column titles. */
  readonly listRows: number;
  readonly titled: boolean;
  /** Rows of the detail pane without its title; 0: not shown. */
  readonly detailRows: number;
  /** Row of the first list item, counted from 0. */
  readonly listTop: number;
  readonly detailTop: number;
}

/** Header, tabs and footer. */
const chrome = 3;

/** A share of the body, but never so much that a list of a dozen rows needs scrolling at 24 rows. */
const detailShare = (body: number): number => Math.min(16, Math.max(4, Math.floor(body * 0.36)));

/** Two thirds at most, and what a short list leaves free. */
const wideShare = (body: number, listed: number): number =>
  Math.max(detailShare(body), Math.min(Math.floor((body * 2) / 3), body - listed));

export const layoutOf = (state: UiState): Layout => {
  const { columns, rows, place, zoom } = state;
  const tooSmall = columns < smallest.columns || rows < smallest.rows;
  const body = Math.max(0, rows - chrome);
  const view = views[place.view];
  const titled = view.columns.length > 0 || view.head !== undefined;
  const wantsDetail = (view.detail !== false && selectItems(state).items.length > 0) || state.focus === 'detail';
  const share = view.wide ? wideShare(body, selectItems(state).items.length + 1) : detailShare(body);
  const detail =
    state.prompt?.kind === 'palette' || state.help || zoom === 'list' || !wantsDetail
      ? 0
      : zoom === 'detail'
        ? body
        : share;
  const list = body - detail - (titled && detail < body ? 1 : 0);
  return {
    tooSmall,
    titled: titled && detail < body,
    listRows: Math.max(0, list),
    detailRows: Math.max(0, detail - 1),
    listTop: 2 + (titled ? 1 : 0),
    detailTop: 2 + body - detail + 1,
  };
};
