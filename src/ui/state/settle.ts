/** After every event: the cursor on its item (or near where it was), the window around the cursor. */

import type { Item } from '../views/item.ts';
import { views } from '../views/views.ts';
import { detailOf, doorsOf } from './detail-of.ts';
import { layoutOf } from './layout.ts';
import { selectItems } from './select-items.ts';
import type { Place, UiState } from './ui-state.ts';

const isSelectable = (item: Item | undefined): boolean => item !== undefined && item.selectable !== false;

/** The selectable item at `index`, or the nearest one, looking in `direction` first. */
export const nearestSelectable = (items: readonly Item[], index: number, direction: 1 | -1): number => {
  const start = Math.max(0, Math.min(items.length - 1, index));
  for (let at = start; at >= 0 && at < items.length; at += direction) if (isSelectable(items[at])) return at;
  for (let at = start; at >= 0 && at < items.length; at -= direction) if (isSelectable(items[at])) return at;
  return start;
};

const topFor = (place: Place, items: readonly Item[], index: number, rows: number): number => {
  if (rows <= 0) return place.top;
  const last = Math.max(0, items.length - rows);
  // Headings above the first item one can select would otherwise stay out of reach.
  const first = items.slice(0, index).some(isSelectable) ? index : 0;
  if (first < place.top) return Math.min(first, last);
  if (index >= place.top + rows) return Math.min(index - rows + 1, last);
  return Math.min(place.top, last);
};

const settlePlace = (state: UiState): Place => {
  const { place } = state;
  const { items, positions } = selectItems(state);
  if (items.length === 0) return place;
  const start = place.selected === undefined && place.index === 0 ? views[place.view].start?.(items, state) : undefined;
  const wanted = place.selected ?? start;
  const index = (wanted === undefined ? undefined : positions.get(wanted)) ?? nearestSelectable(items, place.index, 1);
  const selected = items[index]?.id;
  const top = topFor(place, items, index, layoutOf(state).listRows);
  if (selected === place.selected && index === place.index && top === place.top) return place;
  return { ...place, index, top, ...(selected === undefined ? {} : { selected }) };
};

const settleDetail = (state: UiState): Pick<UiState, 'detailIndex' | 'detailTop' | 'focus'> => {
  const detail = state.focus === 'detail' ? detailOf(state) : undefined;
  if (detail === undefined) return { detailIndex: 0, detailTop: 0, focus: 'list' };
  const doors = doorsOf(detail);
  const detailIndex = Math.max(0, Math.min(doors.length - 1, state.detailIndex));
  const at = doors[detailIndex]?.at ?? 0;
  const rows = layoutOf(state).detailRows;
  const last = Math.max(0, detail.rows.length - rows);
  const first = detailIndex === 0 ? 0 : at;
  // On the last door everything below it comes into view too.
  const end = detailIndex === doors.length - 1 && detail.rows.length - at <= rows ? detail.rows.length - 1 : at;
  const detailTop = Math.min(
    last,
    first < state.detailTop ? first : end >= state.detailTop + rows ? end - rows + 1 : state.detailTop,
  );
  return { detailIndex, detailTop, focus: 'detail' };
};

/** The same state when nothing had to move. */
export const settle = (state: UiState): UiState => {
  if (state.session.graph === undefined) return state;
  const place = settlePlace(state);
  const placed = place === state.place ? state : { ...state, place };
  const detail = settleDetail(placed);
  return detail.focus === placed.focus &&
    detail.detailIndex === placed.detailIndex &&
    detail.detailTop === placed.detailTop
    ? placed
    : { ...placed, ...detail };
};
