/** The store behind the screen: events in, frames out, and nothing told to anybody when no visible cell changed. */
import { type Frame, openFrameBook } from '../output/frames.ts';
import { composeFrame } from '../screen/compose-frame.ts';
import { reduce } from './reduce.ts';
import { settle } from './settle.ts';
import type { Effect, Services, UiEvent, UiState } from './ui-state.ts';

export interface Store {
  state(): UiState;
  /** The same frame as long as nothing visible changed. */
  frame(): Frame;
  /** The row behind a handle of a recent frame. */
  rowText(handle: string): string | undefined;
  dispatch(event: UiEvent): void;
  /** Makes the frame again: more is known now of how wide things are. */
  recompose(): void;
  subscribe(listener: () => void): () => void;
}

export interface StoreOptions {
  readonly state: UiState;
  readonly services: Services;
  readonly run: (effect: Effect) => void;
  /** Our own bugs: told once, at the top. */
  readonly fail: (error: unknown) => void;
}

export const createStore = ({ state: start, services, run, fail }: StoreOptions): Store => {
  let state = settle(start);
  const book = openFrameBook();
  book.turn(composeFrame(state, services));
  let stale = false;
  const listeners = new Set<() => void>();

  /** Keys that came in one packet are all taken before one frame is made. */
  const refresh = (): void => {
    stale = false;
    try {
      const shown = book.current();
      if (book.turn(composeFrame(state, services)) === shown) return;
    } catch (error) {
      fail(error);
      return;
    }
    for (const listener of listeners) listener();
  };

  return {
    state: () => state,
    frame: book.current,
    rowText: book.textOf,
    recompose: refresh,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch: (event) => {
      try {
        const next = reduce(state, event, services);
        const changed = next.state !== state;
        state = next.state;
        for (const effect of next.effects) run(effect);
        if (!changed || stale) return;
        stale = true;
        queueMicrotask(refresh);
      } catch (error) {
        fail(error);
      }
    },
  };
};
