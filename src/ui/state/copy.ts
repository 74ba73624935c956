/** What `y` and `Y` put into the clipboard. */

import { printable } from '../../std/printable.ts';
import { textOf } from '../format/line.ts';
import { detailOf } from './detail-of.ts';
import { selectedItem } from './select-items.ts';
import type { UiState } from './ui-state.ts';

/** The thing's own name, address or rule text. */
export const shortCopy = (state: UiState): string | undefined => {
  const { answer } = state.trace;
  const item = selectedItem(state);
  if (state.place.view === 'trace' && answer !== undefined && 'explanation' in answer && item?.ref === undefined)
    return printable(answer.explanation);
  if (item === undefined) return undefined;
  return printable(item.copy ?? item.cells.map(textOf).join(' ').trim());
};

/** Everything known of it, as in the detail pane. */
export const longCopy = (state: UiState): string | undefined => {
  const detail = detailOf(state);
  if (detail === undefined) return shortCopy(state);
  return [detail.title, ...detail.rows.map((row) => row.line)]
    .map((words) => printable(textOf(words)).trimEnd())
    .join('\n');
};
