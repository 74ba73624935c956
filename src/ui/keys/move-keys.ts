/** Keys that move the cursor, open what is under it, and lead back. */
import { detailOf, doorsOf } from '../state/detail-of.ts';
import { moveBy, movePages, moveSideways, moveToEnd } from '../state/move.ts';
import { back, follow, forward, goTo, lastPlace, openView } from '../state/navigate.ts';
import { next } from '../state/next.ts';
import { selectedItem } from '../state/select-items.ts';
import { tracePair } from '../state/trace-actions.ts';
import { type Services, startPlace, type UiState } from '../state/ui-state.ts';
import type { Binding } from './binding.ts';

const toggled = (state: UiState, id: string): UiState => {
  const set = new Set(state.place.toggled);
  if (!set.delete(id)) set.add(id);
  return { ...state, place: { ...state.place, toggled: set } };
};

const open = (state: UiState, services: Services): UiState => {
  if (state.focus === 'detail') {
    const goto = doorsOf(detailOf(state))[state.detailIndex]?.goto;
    return goto === undefined ? state : follow(state, goto);
  }
  const item = selectedItem(state);
  if (item === undefined) return state;
  if (item.ref?.kind === 'pair') return tracePair(state, services);
  if (item.opens !== undefined) return openView(state, item.opens);
  if (item.foldable === true) return toggled(state, item.id);
  return enterDetail(state);
};

const enterDetail = (state: UiState): UiState => ({
  ...state,
  focus: 'detail',
  detailIndex: 0,
  zoom: state.zoom === 'list' ? 'both' : state.zoom,
});

/** Undoes the nearest thing: help, the detail pane, the filter, the faults toggle, the choice of one thing, then the last move. */
const retreat = (state: UiState): UiState => {
  if (state.help) return { ...state, help: false };
  if (state.focus === 'detail') return { ...state, focus: 'list', zoom: state.zoom === 'detail' ? 'both' : state.zoom };
  if (state.place.filter !== '' || state.place.faultsOnly)
    return { ...state, place: { ...state.place, filter: '', faultsOnly: false } };
  if (state.past.length > 0) return back(state);
  return state.place.root === undefined ? state : goTo(state, startPlace(state.place.view));
};

const move = (id: string, keys: readonly string[], help: string, action: (state: UiState) => UiState): Binding => ({
  id,
  keys,
  group: 'Move',
  label: id,
  help,
  action: (state) => next(action(state)),
});

const hasSelection = (state: UiState): true | string =>
  selectedItem(state) === undefined ? 'nothing is selected' : true;

export const moveKeys: readonly Binding[] = [
  move('down', ['j', 'down'], 'next row', (state) => moveBy(state, 1)),
  move('up', ['k', 'up'], 'previous row', (state) => moveBy(state, -1)),
  move('page down', ['pagedown', 'ctrl+f'], 'a page down', (state) => movePages(state, 1)),
  move('page up', ['pageup', 'ctrl+b'], 'a page up', (state) => movePages(state, -1)),
  move('half down', ['ctrl+d'], 'half a page down', (state) => movePages(state, 0.5)),
  move('half up', ['ctrl+u'], 'half a page up', (state) => movePages(state, -0.5)),
  move('top', ['g', 'home'], 'first row', (state) => moveToEnd(state, 'first')),
  move('bottom', ['G', 'end'], 'last row', (state) => moveToEnd(state, 'last')),
  move('left', ['h', 'left'], 'scroll left', (state) => moveSideways(state, -1)),
  move('right', ['l', 'right'], 'scroll right, for rows wider than the screen', (state) => moveSideways(state, 1)),
  {
    id: 'open',
    keys: ['enter'],
    group: 'Move',
    label: 'open',
    help: 'follow a link of the detail pane; fold or unfold; else step into the detail pane',
    footer: 3,
    when: hasSelection,
    action: (state, services) => next(open(state, services)),
  },
  {
    id: 'detail',
    keys: ['tab', 'shift+tab'],
    group: 'Move',
    label: 'detail',
    help: 'between the list and the detail pane, whose links lead to related things',
    footer: 4,
    when: (state) => (detailOf(state) === undefined ? 'there is no detail of this' : true),
    action: (state) => next(state.focus === 'detail' ? { ...state, focus: 'list' } : enterDetail(state)),
  },
  {
    id: 'back',
    keys: ['esc', 'backspace'],
    group: 'Move',
    label: 'back',
    help: 'leave help, the detail pane, the filter; then go back',
    action: (state) => next(retreat(state)),
  },
  {
    id: 'history back',
    keys: ['['],
    group: 'Move',
    label: 'back',
    help: 'back in history',
    when: (state) => (state.past.length > 0 ? true : 'this is where you began'),
    action: (state) => next(back(state)),
  },
  {
    id: 'history forward',
    keys: [']'],
    group: 'Move',
    label: 'forward',
    help: 'forward in history',
    when: (state) => (state.future.length > 0 ? true : 'there is nothing further on'),
    action: (state) => next(forward(state)),
  },
  {
    id: 'last place',
    keys: ['-'],
    group: 'Move',
    label: 'last',
    help: 'to the last place and again back here',
    when: (state) => (state.past.length > 0 ? true : 'this is where you began'),
    action: (state) => next(lastPlace(state)),
  },
];
