/** The list: column titles and the rows in the window, the cursor's row marked in its first column. */
import { dropCells, fitTo, type Line, line, span, toLine } from '../format/line.ts';
import { layoutOf } from '../state/layout.ts';
import { selectItems } from '../state/select-items.ts';
import type { UiState } from '../state/ui-state.ts';
import { type Item, isNote } from '../views/item.ts';
import { views } from '../views/views.ts';
import { gap, type Placed, placeColumns } from './column-widths.ts';
import { measureColumns } from './measure-columns.ts';

const between = span(' '.repeat(gap));

/** Marks the name, not the row: a cursor move then costs some dozen bytes on a slow line. */
const marked = (words: Line): Line => {
  const strong = words.findIndex((part) => part.tone === 'strong');
  const first = strong >= 0 ? strong : words.findIndex((part) => /[^\s●✗○?!*xo+│├└─`|-]/.test(part.text));
  return words.flatMap((part, at) => (at === first ? markedPart(part.text) : [part]));
};

const markedPart = (text: string): Line => {
  const body = text.trimEnd();
  return [span(body, 'marked'), span(text.slice(body.length))];
};

const gutter = (selected: boolean, state: UiState): Line =>
  selected ? [span(state.theme.glyphs.cursor, state.focus === 'list' ? 'cursor' : 'dim')] : [span(' ')];

const tableRow = (item: Item, placed: readonly Placed[], selected: boolean, state: UiState): Line => {
  if (isNote(item)) return toLine(item.cells[0]!);
  return placed.flatMap(({ column, at, width }, index) => {
    const cell = toLine(item.cells[at] ?? '');
    const words = index === 0 && selected ? marked(cell) : cell;
    const cells = fitTo(words, width, state.theme, column.align);
    return index === 0 ? cells : [between, ...cells];
  });
};

const lineRow = (item: Item, selected: boolean, state: UiState): Line => {
  const words = dropCells(toLine(item.cells[0] ?? ''), state.place.left);
  return selected ? marked(words) : words;
};

const titleRow = (placed: readonly Placed[], state: UiState): Line => {
  const { sort } = state.place;
  const { ascending, descending } = state.theme.glyphs;
  return line(
    ' ',
    placed.flatMap(({ column, width }, index) => {
      const mark = sort?.column === column.id ? (sort.descending ? descending : ascending) : '';
      const cells = fitTo(span(mark + column.title, mark === '' ? 'dim' : 'accent'), width, state.theme, column.align);
      return index === 0 ? cells : [between, ...cells];
    }),
  );
};

const emptyRows = (state: UiState, total: number): readonly Line[] => {
  if (state.session.graph === undefined) {
    const failed = state.session.phase === 'failed';
    const text = failed
      ? 'The host could not be read.'
      : `Reading the host${state.session.progress === undefined ? '' : `: ${state.session.progress}`} …`;
    const gaps = failed
      ? state.session.gaps.map((found) =>
          line(
            '  ',
            span(`${found.source}: ${found.detail}`, 'doubt'),
            found.howToSee !== undefined && span(` ${state.theme.glyphs.arrow} ${found.howToSee}`, 'accent'),
          ),
        )
      : [];
    return [[], line('  ', span(text, failed ? 'bad' : 'dim')), ...gaps];
  }
  const { filter, faultsOnly, view } = state.place;
  if (total === 0) return [[], line('  ', span(views[view].empty, 'dim'))];
  const why = [filter !== '' && `"${filter}"`, faultsOnly && 'faults only']
    .filter((word) => word !== false)
    .join(' and ');
  return [[], line('  ', span(`Nothing of ${total} matches ${why}.`, 'dim'), span('  Esc shows everything', 'accent'))];
};

export const listRows = (state: UiState): readonly Line[] => {
  const layout = layoutOf(state);
  const { items, all, total } = selectItems(state);
  const view = views[state.place.view];
  // By all items, so that columns stand still while one filters.
  const inSight = items.slice(state.place.top, state.place.top + layout.listRows);
  const placed = layout.titled
    ? placeColumns(view.columns, measureColumns(view.columns, all, inSight), state.columns - 2)
    : [];
  const title = layout.titled
    ? [items.length === 0 ? [] : view.head === undefined ? titleRow(placed, state) : line(' ', view.head(state))]
    : [];
  const shown =
    items.length === 0
      ? emptyRows(state, total)
      : inSight.map((item, offset) => {
          const selected = state.place.top + offset === state.place.index;
          const body =
            view.row !== undefined
              ? view.row(item, selected, state)
              : view.columns.length > 0
                ? tableRow(item, placed, selected, state)
                : lineRow(item, selected, state);
          return line(gutter(selected, state), body);
        });
  const rows = shown.slice(0, layout.listRows);
  return [...title, ...rows, ...Array.from({ length: layout.listRows - rows.length }, () => [])];
};
