/** Prepares the views nobody has opened yet, in the pauses after the first picture, so that opening one costs no more than a key. */
import { paletteResults } from './palette/results.ts';
import { composeFrame } from './screen/compose-frame.ts';
import { searchTextOf, selectItems } from './state/select-items.ts';
import { settle } from './state/settle.ts';
import type { Store } from './state/store.ts';
import { type Services, startPlace } from './state/ui-state.ts';
import type { Item } from './views/item.ts';
import { allViews } from './views/views.ts';

const pauseMs = 30;
/** Who is typing is not kept waiting for what may be wanted later. */
const quietMs = 150;
/** Texts the filter searches, in pieces that fit between two keys. */
const textsAtOnce = 400;

/** Returns the way to stop. Runs once: later graphs are prepared by whoever looks at them. */
export const warmViews = (store: Store, services: Services): (() => void) => {
  const left = [...allViews];
  // Nothing, then a letter, then what is looked up by its exact name: each has code and tables of its own.
  const searches = ['', '1', '10'];
  let texts: readonly Item[] = [];
  let seen = store.state();
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    const state = store.state();
    if (state.place !== seen.place || state.prompt !== seen.prompt) {
      seen = state;
      timer = setTimeout(next, quietMs);
      return;
    }
    if (texts.length > 0) {
      for (const item of texts.slice(0, textsAtOnce)) searchTextOf(item);
      texts = texts.slice(textsAtOnce);
      timer = setTimeout(next, pauseMs);
      return;
    }
    const view = left.shift();
    if (view === undefined) {
      // Last the palette, whose entries are every name and address there is.
      const text = searches.shift();
      if (text === undefined) return;
      paletteResults(state, { kind: 'palette', purpose: 'jump', text, index: 0 }, services);
      timer = setTimeout(next, pauseMs);
      return;
    }
    if (state.session.graph !== undefined) {
      const { prompt: _prompt, mend: _mend, ...rest } = state;
      const place = state.place.view === view.id ? state.place : (state.places[view.id] ?? startPlace(view.id));
      const opened = settle({ ...rest, help: false, place });
      composeFrame(opened, services);
      texts = selectItems(opened).all;
    }
    timer = setTimeout(next, pauseMs);
  };
  const unsubscribe = store.subscribe(() => {
    if (store.state().session.graph === undefined) return;
    unsubscribe();
    timer = setTimeout(next, 4 * pauseMs);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
};
