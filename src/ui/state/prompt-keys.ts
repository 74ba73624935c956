/** Keys while something is being typed: filter, command, palette. */
import { completionsOf, runCommand } from '../command/commands.ts';
import type { Entry } from '../palette/entries.ts';
import { paletteResults } from '../palette/results.ts';
import { goToRef, openView } from './navigate.ts';
import { next, withoutPrompt } from './next.ts';
import { filterTest, searchTextOf, selectItems } from './select-items.ts';
import { chooseFrom, chooseTo } from './trace-actions.ts';
import type { Next, Prompt, Services, UiState } from './ui-state.ts';

const edited = (text: string, key: string, typed: string): string | undefined => {
  switch (key) {
    case 'backspace':
    case 'delete':
      return [...text].slice(0, -1).join('');
    case 'ctrl+u':
      return '';
    case 'ctrl+w':
      return text.replace(/\S*\s*$/, '');
    default:
      return typed === '' ? undefined : text + typed;
  }
};

/** The cursor stays on its thing while that matches, else goes to the first match, not to what it hangs on. */
const onMatch = (state: UiState): UiState => {
  const { items, positions } = selectItems(state);
  const passes = filterTest(state.place.filter);
  const at = state.place.selected === undefined ? undefined : positions.get(state.place.selected);
  if (at !== undefined && passes(searchTextOf(items[at]!))) return state;
  const first = items.findIndex((item) => item.selectable !== false && passes(searchTextOf(item)));
  const selected = items[Math.max(0, first)]?.id;
  return selected === undefined ? state : { ...state, place: { ...state.place, index: Math.max(0, first), selected } };
};

const withText = (state: UiState, prompt: Prompt, text: string): UiState => {
  switch (prompt.kind) {
    case 'filter':
      return onMatch({ ...state, prompt: { ...prompt, text }, place: { ...state.place, filter: text } });
    case 'command':
    case 'palette':
      return { ...state, prompt: { ...prompt, text, index: 0 } };
  }
};

const cancel = (state: UiState, prompt: Prompt): UiState => {
  const closed = withoutPrompt(state);
  return prompt.kind === 'filter' ? { ...closed, place: { ...closed.place, filter: prompt.before } } : closed;
};

const choose = (
  state: UiState,
  entry: Entry,
  prompt: Extract<Prompt, { kind: 'palette' }>,
  services: Services,
): UiState => {
  const closed = withoutPrompt(state);
  switch (entry.target.kind) {
    case 'ref':
      return goToRef(closed, entry.target.ref);
    case 'view':
      return openView(closed, entry.target.view);
    case 'endpoint':
      return prompt.purpose === 'from'
        ? chooseFrom(closed, entry.target.text)
        : chooseTo(closed, entry.target.text, services);
  }
};

const enter = (state: UiState, prompt: Prompt, services: Services): Next => {
  switch (prompt.kind) {
    case 'filter':
      return next(withoutPrompt(state));
    case 'command': {
      return runCommand(withoutPrompt(state), prompt.text, services);
    }
    case 'palette': {
      const entry = paletteResults(state, prompt, services)[prompt.index];
      return next(entry === undefined ? state : choose(state, entry, prompt, services));
    }
  }
};

const commonStart = (words: readonly string[]): string => {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
};

const complete = (state: UiState, prompt: Extract<Prompt, { kind: 'command' }>): UiState => {
  const offers = completionsOf(prompt.text, state);
  if (offers.length === 0) return state;
  const before = prompt.text.slice(0, prompt.text.lastIndexOf(' ') + 1);
  const text = `${before}${offers.length === 1 ? `${offers[0]} ` : commonStart(offers)}`;
  return {
    ...state,
    prompt: { ...prompt, text: text.length > prompt.text.length ? text : `${before}${offers[0] ?? ''}` },
  };
};

const pick = (state: UiState, prompt: Prompt, by: number, services: Services): UiState => {
  if (prompt.kind !== 'palette') return state;
  const count = paletteResults(state, prompt, services).length;
  return { ...state, prompt: { ...prompt, index: Math.max(0, Math.min(count - 1, prompt.index + by)) } };
};

const pickBy: Readonly<Record<string, number>> = {
  up: -1,
  down: 1,
  'ctrl+p': -1,
  'ctrl+n': 1,
  'ctrl+k': -1,
  'ctrl+j': 1,
  pageup: -10,
  pagedown: 10,
  'shift+tab': -1,
};

export const promptKey = (state: UiState, prompt: Prompt, key: string, typed: string, services: Services): Next => {
  if (key === 'esc' || key === 'ctrl+c') return next(cancel(state, prompt));
  if (key === 'enter') return enter(state, prompt, services);
  if (key === 'tab')
    return next(prompt.kind === 'command' ? complete(state, prompt) : pick(state, prompt, 1, services));
  const by = pickBy[key];
  if (by !== undefined) return next(pick(state, prompt, by, services));
  if (key === 'backspace' && prompt.text === '') return next(cancel(state, prompt));
  const text = edited(prompt.text, key, typed);
  return next(text === undefined ? state : withText(state, prompt, text));
};
