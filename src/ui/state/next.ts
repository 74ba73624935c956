/** What an action gives back: the new state and what the shell has to do. */

import type { Tone } from '../format/line.ts';
import type { Effect, Next, UiState } from './ui-state.ts';

export const next = (state: UiState, ...effects: readonly Effect[]): Next => ({ state, effects });

export const say = (state: UiState, text: string, tone: Tone = 'plain'): UiState => ({
  ...state,
  message: { text, tone },
});

export const withoutPrompt = (state: UiState): UiState => {
  const { prompt: _prompt, ...rest } = state;
  return rest;
};

export const withoutMessage = (state: UiState): UiState => {
  if (state.message === undefined) return state;
  const { message: _message, ...rest } = state;
  return rest;
};
