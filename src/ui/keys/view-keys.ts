/** Keys that open views, find things, and change what a view shows. */
import { goTo, openView } from '../state/navigate.ts';
import { next, say } from '../state/next.ts';
import { selectedItem } from '../state/select-items.ts';
import { startPlace, type UiState } from '../state/ui-state.ts';
import { allViews, views } from '../views/views.ts';
import type { Binding } from './binding.ts';

const viewKeys: readonly Binding[] = allViews
  .filter((view) => view.id !== 'xray' && view.id !== 'watch')
  .map((view) => ({
    id: `view ${view.id}`,
    keys: [view.key],
    group: 'Views',
    label: view.title,
    help: view.about,
    action: (state) => next(openView(state, view.id)),
  }));

const xray = (state: UiState): UiState => {
  const ref = selectedItem(state)?.ref;
  if (state.place.view === 'xray') return openView(state, 'xray');
  return ref?.kind === 'container' || ref?.kind === 'network'
    ? goTo(state, { ...startPlace('xray'), root: ref })
    : openView(state, 'xray');
};

const nextSort = (state: UiState): UiState => {
  const columns = views[state.place.view].columns;
  const at = columns.findIndex((column) => column.id === state.place.sort?.column);
  const column = columns[at + 1];
  const { sort: _sort, ...place } = state.place;
  if (column === undefined) return say({ ...state, place }, 'in the original order', 'dim');
  // The column may be one that a narrow screen leaves out.
  return say(
    { ...state, place: { ...place, sort: { column: column.id, descending: false } } },
    `sorted by ${column.title.toLowerCase()}`,
    'dim',
  );
};

const sortable = (state: UiState): true | string =>
  views[state.place.view].columns.length > 0 ? true : 'this view has an order of its own';

const zooms = ['both', 'list', 'detail'] as const;

const zoomed = (state: UiState, by: 1 | -1): UiState => {
  const zoom = zooms[(zooms.indexOf(state.zoom) + by + zooms.length) % zooms.length]!;
  return { ...state, zoom, focus: zoom === 'detail' ? 'detail' : 'list' };
};

export const findKeys: readonly Binding[] = [
  ...viewKeys,
  {
    id: 'xray',
    keys: ['x'],
    group: 'Views',
    label: 'x-ray',
    help: views.xray.about,
    footer: 7,
    action: (state) => next(xray(state)),
  },
  {
    id: 'filter',
    keys: ['/'],
    group: 'Find',
    label: 'filter',
    help: 'show rows in which every word occurs; !word hides rows; Esc clears',
    footer: 1,
    action: (state) =>
      next({
        ...state,
        help: false,
        focus: 'list',
        prompt: { kind: 'filter', text: state.place.filter, before: state.place.filter },
      }),
  },
  {
    id: 'command',
    keys: [':'],
    group: 'Find',
    label: 'command',
    help: 'type a command: a view, trace FROM TO, locate WORD, …; Tab completes',
    footer: 9,
    action: (state) => next({ ...state, help: false, prompt: { kind: 'command', text: '', index: 0 } }),
  },
  {
    id: 'jump',
    keys: [' ', 'ctrl+p'],
    group: 'Find',
    label: 'jump',
    help: 'to anything by name, address, MAC, veth, ifindex, pid or port',
    footer: 2,
    action: (state) =>
      next(
        { ...state, help: false, prompt: { kind: 'palette', purpose: 'jump', text: '', index: 0 } },
        { kind: 'load-rank' },
      ),
  },
  {
    id: 'faults only',
    keys: ['F'],
    group: 'Show',
    label: 'faults only',
    help: 'only what is broken or doubtful, or everything again',
    footer: 8,
    action: (state) => next({ ...state, place: { ...state.place, faultsOnly: !state.place.faultsOnly } }),
  },
  {
    id: 'sort',
    keys: ['s'],
    group: 'Show',
    label: 'sort',
    help: 'by the next column; after the last one in the original order (:sort COLUMN)',
    when: sortable,
    action: (state) => next(nextSort(state)),
  },
  {
    id: 'reverse',
    keys: ['S'],
    group: 'Show',
    label: 'reverse',
    help: 'reverse the order',
    when: (state) => (state.place.sort === undefined ? 'sort by a column first (s)' : true),
    action: (state) => {
      const sort = state.place.sort;
      return next(
        sort === undefined
          ? state
          : { ...state, place: { ...state.place, sort: { ...sort, descending: !sort.descending } } },
      );
    },
  },
  {
    id: 'zoom',
    keys: ['+'],
    group: 'Show',
    label: 'zoom',
    help: 'list and detail, list only, detail only',
    action: (state) => next(zoomed(state, 1)),
  },
  {
    id: 'unzoom',
    keys: ['_'],
    group: 'Show',
    label: 'unzoom',
    help: 'the same backwards',
    action: (state) => next(zoomed(state, -1)),
  },
  {
    id: 'mouse',
    keys: ['m'],
    group: 'Show',
    label: 'mouse',
    help: 'let the mouse select and scroll; off by default, so that the terminal can select text (with it on: Shift+drag)',
    action: (state) =>
      next(
        say(
          { ...state, mouse: !state.mouse },
          state.mouse ? 'mouse off' : 'mouse on: click selects, wheel scrolls, Shift+drag selects text',
        ),
        { kind: 'mouse', on: !state.mouse },
      ),
  },
  {
    id: 'help',
    keys: ['?'],
    group: 'Show',
    label: 'help',
    help: 'keys of this view',
    footer: 10,
    action: (state) => next({ ...state, help: !state.help, helpTop: 0 }),
  },
];
