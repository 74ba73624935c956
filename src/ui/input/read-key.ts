/** Ink's key event → the name the key table knows: `j`, `down`, `ctrl+d`, `shift+tab`. */
import type { Key } from 'ink';

export interface ReadKey {
  readonly key: string;
  /** What it types, where it types something. */
  readonly text: string;
}

const named: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

export const readKey = (input: string, key: Key): ReadKey | undefined => {
  if (key.tab) return { key: key.shift ? 'shift+tab' : 'tab', text: '' };
  for (const [flag, name] of named) if (key[flag] === true) return { key: name, text: '' };
  // Some terminals send a line feed for Enter.
  if (input === '\n' || input === '\r') return { key: 'enter', text: '' };
  if (key.ctrl) return input === '' ? undefined : { key: `ctrl+${input}`, text: '' };
  if (input === '' || key.meta) return undefined;
  return /[\u0000-\u001f\u007f]/.test(input) ? undefined : { key: input, text: input };
};
