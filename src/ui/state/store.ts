/** The store behind the screen: events in, frames out, and nothing told to anybody when no visible cell changed. */
import { composeFrame } from '../screen/compose-frame.ts';
import { reduce } from './reduce.ts';
import { settle } from './settle.ts';
import type { Effect, Services, UiEvent, UiState } from './ui-state.ts';

export interface Store {
  state(): UiState;
  /** The same array as long as nothing visible changed. */
  frame(): readonly string[];
  dispatch(event: UiEvent): void;
  subscribe(listener: () => void): () => void;
}

export interface StoreOptions {
  readonly state: UiState;
  readonly services: Services;
  readonly run: (effect: Effect) => void;
  /** Our own bugs: told once, at the top. */
  readonly fail: (error: unknown) => void;
}

const sameFrame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((row, at) => row === b[at]);

export const createStore = ({ state: start, services, run, fail }: StoreOptions): Store => {
  let state = settle(start);
  let frame = composeFrame(state, services);
  let stale = false;
  const listeners = new Set<() => void>();

  /** Keys that came in one packet are all taken before one frame is made. */
  const refresh = (): void => {
    stale = false;
    try {
      const made = composeFrame(state, services);
      if (sameFrame(made, frame)) return;
      frame = made;
    } catch (error) {
      fail(error);
      return;
    }
    for (const listener of listeners) listener();
  };

  return {
    state: () => state,
    frame: () => frame,
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
