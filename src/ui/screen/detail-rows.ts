/** The detail pane: a ruled title, then what is known, with the rows that lead somewhere marked. */
import { dropCells, fitTo, type Line, line, span, widthOf } from '../format/line.ts';
import { detailOf, doorsOf } from '../state/detail-of.ts';
import { layoutOf } from '../state/layout.ts';
import type { UiState } from '../state/ui-state.ts';

const titleRow = (title: Line, more: string, state: UiState): Line => {
  const { rule } = state.theme.glyphs;
  const head = fitTo(title, Math.min(widthOf(title), state.columns - 6 - more.length), state.theme);
  const left = line(span(`${rule} `, 'dim'), head, ' ');
  const rest = state.columns - widthOf(left) - (more === '' ? 0 : more.length + 2);
  return line(left, span(rule.repeat(Math.max(0, rest)), 'dim'), more !== '' && span(` ${more} `, 'dim'));
};

export const detailRows = (state: UiState): readonly Line[] => {
  const layout = layoutOf(state);
  if (layout.detailRows === 0) return [];
  const detail = detailOf(state);
  const { glyphs } = state.theme;
  const blank = Array.from({ length: layout.detailRows }, (): Line => []);
  if (detail === undefined) return [line(span(glyphs.rule.repeat(state.columns), 'dim')), ...blank];
  const doors = doorsOf(detail);
  const focused = state.focus === 'detail' ? doors[state.detailIndex]?.at : undefined;
  const hidden = detail.rows.length - state.detailTop - layout.detailRows;
  const rows = detail.rows.slice(state.detailTop, state.detailTop + layout.detailRows).map((row, offset) => {
    const here = state.detailTop + offset === focused;
    const mark = here ? span(glyphs.cursor, 'cursor') : ' ';
    const door = row.goto === undefined ? '  ' : span(`${glyphs.folded} `, here ? 'cursor' : 'accent');
    return line(mark, door, dropCells(row.line, state.place.left));
  });
  return [titleRow(detail.title, hidden > 0 ? `+${hidden}` : '', state), ...rows, ...blank].slice(
    0,
    layout.detailRows + 1,
  );
};
