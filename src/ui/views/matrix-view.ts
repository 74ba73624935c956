/** Who reaches whom: an echo from everybody to everybody, and its answer; a table with a cursor in both directions. */
import type { Endpoint } from '../../trace/endpoints/resolve-endpoint.ts';
import { fitTo, type Line, line, type Span, span } from '../format/line.ts';
import type { Theme } from '../format/theme.ts';
import { endKey, itself, type MatrixState, matrixWindow, outcomeOfLetter, waiting } from '../state/matrix.ts';
import type { UiState } from '../state/ui-state.ts';
import type { Item } from './item.ts';
import { outcomeTone } from './trace/outcome.ts';
import type { View } from './view.ts';

export const letterMark = (letter: string, { glyphs }: Pick<Theme, 'glyphs'>): Span => {
  if (letter === waiting) return span(glyphs.dot, 'dim');
  if (letter === itself) return span(glyphs.rule, 'dim');
  const outcome = outcomeOfLetter.get(letter) ?? 'unknown';
  const text = outcome === 'delivered' ? glyphs.check : outcome === 'dropped' ? glyphs.down : letter;
  return span(text, outcomeTone(outcome));
};

const endItem = (end: Endpoint): Item => ({
  id: `pair ${endKey(end)}`,
  ref: { kind: 'pair', id: endKey(end) },
  faulty: false,
  copy: end.name,
  cells: [end.name],
});

/** With nothing but ✓ in it, a row is not worth a second look. */
const troubled = (matrix: MatrixState, row: number): boolean => /[^+\- ]/.test(matrix.rows[row] ?? '');

/** Numbers of the columns, the cursor's one marked, and how far it is. */
const head = (state: UiState): Line => {
  const { matrix, theme } = state;
  if (matrix === undefined) return [];
  const { labelCells, cellCells, first, shown } = matrixWindow(matrix, state);
  const progress =
    matrix.done < matrix.total ? `${Math.floor((matrix.done / Math.max(1, matrix.total)) * 100)}% done` : 'from \\ to';
  return line(
    fitTo(span(progress, matrix.done < matrix.total ? 'warn' : 'dim'), labelCells, theme),
    Array.from({ length: shown }, (_, at) => {
      const number = String(first + at + 1);
      const blank = span(' '.repeat(cellCells - number.length));
      return first + at === state.place.column ? [blank, span(number, 'marked')] : [blank, span(number, 'dim')];
    }).flat(),
  );
};

const row = (item: Item, selected: boolean, state: UiState): Line => {
  const { matrix, theme } = state;
  if (matrix === undefined) return [];
  const { labelCells, cellCells, first, shown } = matrixWindow(matrix, state);
  const at = matrix.ends.findIndex((end) => `pair ${endKey(end)}` === item.id);
  const digits = String(matrix.ends.length).length;
  const letters = matrix.rows[at] ?? '';
  return line(
    span(`${String(at + 1).padStart(digits)} `, 'dim'),
    fitTo(span(item.copy ?? '', selected ? 'strong' : 'plain'), labelCells - digits - 1, theme),
    Array.from({ length: shown }, (_, offset) => {
      const mark = letterMark(letters[first + offset] ?? waiting, theme);
      const here = selected && first + offset === state.place.column;
      return [span(' '.repeat(cellCells - 1)), here ? span(mark.text, 'marked') : mark];
    }).flat(),
  );
};

export const matrixView: View = {
  id: 'matrix',
  title: 'Matrix',
  key: 'M',
  aliases: ['matrix', 'reach', 'reachability'],
  about:
    'Who reaches whom: an echo from each row to each column, and its answer, as the kernel would decide. Arrows move in both directions, ⏎ opens the trace of a cell.',
  empty: 'Working out who reaches whom…',
  columns: [],
  head,
  row,
  deps: (state) => [state.matrix],
  build: ({ state: { matrix } }) =>
    (matrix?.ends ?? []).map((end, at) => ({ ...endItem(end), faulty: troubled(matrix!, at) })),
};
