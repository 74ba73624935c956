/** The items a view shows now: built, filtered and sorted, each stage redone only when what it depends on has changed. */
import { textOf } from '../format/line.ts';
import { sortKey } from '../format/sort-key.ts';
import { indexOf } from '../graph-index.ts';
import type { Item } from '../views/item.ts';
import { views } from '../views/views.ts';
import type { Place, UiState, ViewId } from './ui-state.ts';

export interface Selection {
  readonly items: readonly Item[];
  /** All of them, without filter and toggles. */
  readonly all: readonly Item[];
  readonly total: number;
  readonly positions: ReadonlyMap<string, number>;
}

const none: Selection = { items: [], all: [], total: 0, positions: new Map() };

interface Kept<Value> {
  readonly deps: readonly unknown[];
  readonly value: Value;
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

const built = new Map<ViewId, Kept<readonly Item[]>>();
const chosen = new Map<ViewId, Kept<Selection>>();

const keep = <Value>(
  store: Map<ViewId, Kept<Value>>,
  view: ViewId,
  deps: readonly unknown[],
  make: () => Value,
): Value => {
  const known = store.get(view);
  if (known !== undefined && same(known.deps, deps)) return known.value;
  const value = make();
  store.set(view, { deps, value });
  return value;
};

const searchTexts = new WeakMap<Item, string>();

/** Everything an item can be found by, in lower case. */
export const searchTextOf = (item: Item): string => {
  const known = searchTexts.get(item);
  if (known !== undefined) return known;
  const text = [...item.cells.map(textOf), item.keywords ?? ''].join(' ').toLowerCase();
  searchTexts.set(item, text);
  return text;
};

/** Every word must occur; a word after `!` must not. */
export const filterTest = (filter: string): ((text: string) => boolean) => {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  const wanted = words.filter((word) => !word.startsWith('!'));
  const unwanted = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  return (text) => wanted.every((word) => text.includes(word)) && !unwanted.some((word) => text.includes(word));
};

/** Items that pass, with the tree items above them so that one sees where they hang. */
export const keepWithParents = (items: readonly Item[], passes: (item: Item) => boolean): readonly Item[] => {
  const kept: Item[] = [];
  let needed = 0;
  for (const item of items.toReversed()) {
    if (item.depth === undefined) {
      if (item.selectable !== false && passes(item)) kept.push(item);
      continue;
    }
    if ((item.selectable !== false && passes(item)) || item.depth < needed) {
      kept.push(item);
      needed = item.depth;
    }
  }
  return kept.reverse();
};

const sorted = (items: readonly Item[], place: Place): readonly Item[] => {
  const sort = place.sort;
  const column = views[place.view].columns.findIndex((candidate) => candidate.id === sort?.column);
  if (sort === undefined || column < 0) return items;
  const keyed = items.map((item) => ({
    item,
    key: sortKey(column === 0 ? (item.copy ?? textOf(item.cells[0] ?? '')) : textOf(item.cells[column] ?? '')),
  }));
  const direction = sort.descending ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -direction : a.key > b.key ? direction : 0));
  return keyed.map(({ item }) => item);
};

const allItems = (state: UiState): readonly Item[] => {
  const graph = state.session.graph;
  if (graph === undefined) return [];
  const { place, theme } = state;
  const view = views[place.view];
  return keep(built, view.id, [graph, theme, ...(view.deps?.(state) ?? [])], () =>
    view.build({ graph, index: indexOf(graph), glyphs: theme.glyphs, place, state }),
  );
};

export const selectItems = (state: UiState): Selection => {
  if (state.session.graph === undefined) return none;
  const { place } = state;
  const items = allItems(state);
  return keep(chosen, place.view, [items, place.filter, place.faultsOnly, place.sort], () => {
    const filter = views[place.view].ownFilter?.(state) === true ? '' : place.filter;
    const passes = filterTest(filter);
    const wanted =
      filter === '' && !place.faultsOnly
        ? items
        : keepWithParents(items, (item) => (!place.faultsOnly || item.faulty) && passes(searchTextOf(item)));
    const shown = sorted(wanted, place);
    return {
      items: shown,
      all: items,
      total: items.length,
      positions: new Map(shown.map((item, at) => [item.id, at])),
    };
  });
};

export const selectedItem = (state: UiState): Item | undefined => selectItems(state).items[state.place.index];
