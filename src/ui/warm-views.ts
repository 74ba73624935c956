/** Prepares the views nobody has opened yet, in the pauses after the first picture, so that opening one costs no more than a key. */
import { paletteResults } from './palette/results.ts';
import { composeFrame } from './screen/compose-frame.ts';
import { measureMore } from './screen/measure-columns.ts';
import { searchTextOf, selectItems } from './state/select-items.ts';
import { settle } from './state/settle.ts';
import type { Store } from './state/store.ts';
import { type Services, startPlace, type UiState, type ViewId } from './state/ui-state.ts';
import { allViews, views } from './views/views.ts';

const pauseMs = 30;
/** Who is typing is not kept waiting for what may be wanted later. */
const quietMs = 150;
/** Less than a frame: a key that comes meanwhile is answered in time. */
const sliceMs = 5;
/** Items between two looks at the clock. */
const itemsAtOnce = 20;

/** The list on the screen has its columns at their whole width: nothing moves when one scrolls down to wider names. */
function* measureShown(store: Store): Generator<void> {
  const { all } = selectItems(store.state());
  const { columns } = views[store.state().place.view];
  if (columns.length === 0) return;
  while (measureMore(columns, all, itemsAtOnce)) yield;
  store.recompose();
}

const viewed = (state: UiState, view: ViewId): UiState => {
  const { prompt: _prompt, mend: _mend, ...rest } = state;
  const place = state.place.view === view ? state.place : (state.places[view] ?? startPlace(view));
  return settle({ ...rest, help: false, place });
};

function* prepareViews(store: Store, services: Services): Generator<void> {
  for (const { id, columns } of allViews) {
    const opened = viewed(store.state(), id);
    composeFrame(opened, services);
    yield;
    const { all } = selectItems(opened);
    for (let at = 0; at < all.length; at += itemsAtOnce) {
      // Texts the filter searches; the widths of the columns.
      for (const item of all.slice(at, at + itemsAtOnce)) searchTextOf(item);
      if (columns.length > 0) measureMore(columns, all, itemsAtOnce);
      yield;
    }
  }
  // Last the palette, whose entries are every name and address there is: nothing, then a letter, then what is looked up by its exact
  // name, for each has code and tables of its own.
  for (const text of ['', '1', '10']) {
    paletteResults(store.state(), { kind: 'palette', purpose: 'jump', text, index: 0 }, services);
    yield;
  }
}

function* workOn(store: Store, services: Services, first: boolean): Generator<void> {
  yield* measureShown(store);
  if (first) yield* prepareViews(store, services);
}

/** True when all is done. */
const runSlice = (work: Generator<void>): boolean => {
  const end = performance.now() + sliceMs;
  while (performance.now() < end) if (work.next().done === true) return true;
  return false;
};

/** Returns the way to stop. All views are prepared once; of later graphs only what is on the screen. */
export const warmViews = (store: Store, services: Services): (() => void) => {
  let { graph } = store.state().session;
  let seen = store.state();
  let work: Generator<void> | undefined;
  let first = true;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    const state = store.state();
    const typed = state.place !== seen.place || state.prompt !== seen.prompt;
    seen = state;
    if (!typed && work !== undefined && runSlice(work)) {
      work = undefined;
      first = false;
    }
    timer = undefined;
    if (state.session.graph !== graph) begin();
    else if (work !== undefined) timer = setTimeout(next, typed ? quietMs : pauseMs);
  };
  const begin = (): void => {
    graph = store.state().session.graph;
    work ??= workOn(store, services, first);
    timer = setTimeout(next, 4 * pauseMs);
  };
  const unsubscribe = store.subscribe(() => {
    if (timer === undefined && store.state().session.graph !== graph) begin();
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
};
