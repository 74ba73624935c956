/** Moving the cursor and the window, in the list, the detail pane and help. */
import { layoutOf } from './layout.ts';
import { selectItems } from './select-items.ts';
import { nearestSelectable } from './settle.ts';
import type { UiState } from './ui-state.ts';

const withPlace = (state: UiState, index: number): UiState => {
  const selected = selectItems(state).items[index]?.id;
  return selected === undefined
    ? state
    : { ...state, place: { ...state.place, index, selected }, detailIndex: 0, detailTop: 0 };
};

/** To the item `by` rows away, or the nearest one that can be selected. */
export const moveBy = (state: UiState, by: number): UiState => {
  if (state.help) return { ...state, helpTop: Math.max(0, state.helpTop + by) };
  if (state.focus === 'detail') return { ...state, detailIndex: Math.max(0, state.detailIndex + by) };
  const { items } = selectItems(state);
  const target = nearestSelectable(items, state.place.index + by, by > 0 ? 1 : -1);
  return withPlace(state, target);
};

export const moveToEnd = (state: UiState, end: 'first' | 'last'): UiState =>
  moveBy(state, end === 'first' ? -1e9 : 1e9);

export const movePages = (state: UiState, pages: number): UiState => {
  const rows = state.focus === 'detail' ? layoutOf(state).detailRows : layoutOf(state).listRows;
  return moveBy(state, Math.trunc(pages * Math.max(1, rows - 1)) || Math.sign(pages));
};

const sideStep = 16;

export const moveSideways = (state: UiState, direction: 1 | -1): UiState => {
  const { place, matrix } = state;
  if (place.view === 'matrix') {
    const last = Math.max(0, (matrix?.ends.length ?? 0) - 1);
    return { ...state, place: { ...place, column: Math.max(0, Math.min(last, place.column + direction)) } };
  }
  return { ...state, place: { ...place, left: Math.max(0, Math.min(960, place.left + direction * sideStep)) } };
};

export const selectRow = (state: UiState, index: number): UiState => {
  const { items } = selectItems(state);
  return index < 0 || index >= items.length || items[index]?.selectable === false
    ? state
    : withPlace({ ...state, focus: 'list' }, index);
};
