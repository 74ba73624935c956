/** The whole screen as one string per row, each exactly as wide as the terminal. Pure: the same state gives the same frame. */
import { fitTo, type Line, line, span } from '../format/line.ts';
import { paint } from '../format/theme.ts';
import { layoutOf, smallest } from '../state/layout.ts';
import type { Services, UiState } from '../state/ui-state.ts';
import { detailRows } from './detail-rows.ts';
import { footerLine } from './footer-line.ts';
import { helpRows } from './help-rows.ts';
import { listRows } from './list-rows.ts';
import { mendRows } from './mend-rows.ts';
import { paletteRows } from './palette-rows.ts';
import { headerLine, tabsLine } from './top-lines.ts';

const smallScreen = (state: UiState): readonly Line[] => {
  const words = [
    line(span('vethscope', 'title')),
    line(`needs ${smallest.columns}x${smallest.rows}`),
    line(`this is ${state.columns}x${state.rows}`),
    line(span('q quits', 'dim')),
  ];
  return Array.from({ length: state.rows }, (_, at) => words[at] ?? []);
};

const body = (state: UiState, services: Services): readonly Line[] => {
  const rows = state.rows - 3;
  if (state.mend !== undefined) return mendRows(state, state.mend, rows);
  if (state.help) return helpRows(state, rows);
  if (state.prompt?.kind === 'palette') return paletteRows(state, state.prompt, rows, services);
  return [...listRows(state), ...detailRows(state)];
};

export const composeLines = (state: UiState, services: Services): readonly Line[] =>
  layoutOf(state).tooSmall
    ? smallScreen(state)
    : [headerLine(state), tabsLine(state), ...body(state, services), footerLine(state)];

/** Blanks at the end cost work at every later stage and show nothing. */
const withoutTail = (words: Line): Line => {
  const kept = [...words];
  while (kept.length > 0) {
    const last = kept.at(-1)!;
    if (last.tone === 'marked' || last.tone === 'tab') break;
    const text = last.text.trimEnd();
    kept.pop();
    if (text === '') continue;
    kept.push({ ...last, text });
    break;
  }
  return kept;
};

export const composeFrame = (state: UiState, services: Services): readonly string[] =>
  composeLines(state, services).map((words) =>
    paint(withoutTail(fitTo(words, state.columns, state.theme)), state.theme),
  );
