/** One key binding: what handling, footer and help are all made from. */
import type { Next, Services, UiState } from '../state/ui-state.ts';

export type Group = 'Move' | 'Views' | 'Find' | 'Show' | 'Act';

export interface Binding {
  readonly id: string;
  /** As `readKey` names them; the first is shown. */
  readonly keys: readonly string[];
  readonly group: Group;
  /** One or two words, for the footer. */
  readonly label: string;
  readonly help: string;
  /** Where the footer shows it, lower first; absent: in help only. */
  readonly footer?: number;
  /** true, or why it does nothing now. */
  readonly when?: (state: UiState) => true | string;
  readonly action: (state: UiState, services: Services) => Next;
}

const names: Readonly<Record<string, string>> = {
  enter: '⏎',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  esc: 'Esc',
  tab: 'Tab',
  ' ': 'Space',
  backspace: '⌫',
  'shift+tab': 'Shift+Tab',
};
const plainNames: Readonly<Record<string, string>> = {
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  backspace: 'Backspace',
};

export const keyName = (key: string, ascii: boolean): string =>
  (ascii ? plainNames[key] : undefined) ??
  names[key] ??
  key.replace(/^ctrl\+(.)$/, (_, letter: string) => `Ctrl+${letter.toUpperCase()}`);
