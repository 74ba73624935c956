/** The state before the first key and the first answer. */
import type { SessionState } from '../../session.ts';
import type { Theme } from '../format/theme.ts';
import { startPlace, type UiState } from './ui-state.ts';

export interface StartOptions {
  readonly columns: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly session: SessionState;
  readonly live: boolean;
  readonly readOnly: boolean;
}

export const startState = (options: StartOptions): UiState => ({
  ...options,
  log: [],
  place: startPlace('overview'),
  places: {},
  past: [],
  future: [],
  focus: 'list',
  detailIndex: 0,
  detailTop: 0,
  zoom: 'both',
  help: false,
  helpTop: 0,
  mouse: false,
  trace: { without: [], withSysctl: {} },
});
