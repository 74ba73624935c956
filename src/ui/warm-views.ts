/** Prepares the views nobody has opened yet, in the pauses after the first picture, so that opening one costs no more than a key. */
import { paletteResults } from './palette/results.ts';
import { composeFrame } from './screen/compose-frame.ts';
import { settle } from './state/settle.ts';
import type { Store } from './state/store.ts';
import { type Services, startPlace } from './state/ui-state.ts';
import { allViews } from './views/views.ts';

const pauseMs = 30;

/** Returns the way to stop. Runs once: later graphs are prepared by whoever looks at them. */
export const warmViews = (store: Store, services: Services): (() => void) => {
  const left = [...allViews];
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    const state = store.state();
    const view = left.shift();
    if (view === undefined) {
      // Last the palette, whose entries are every name and address there is.
      paletteResults(state, { kind: 'palette', purpose: 'jump', text: '', index: 0 }, services);
      return;
    }
    if (state.session.graph !== undefined && state.place.view !== view.id) {
      const { prompt: _prompt, ...rest } = state;
      composeFrame(settle({ ...rest, help: false, place: state.places[view.id] ?? startPlace(view.id) }), services);
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
