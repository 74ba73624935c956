/** Help for the current view, made from the key table: what each key does, and why it does nothing now. */
import { commands } from '../command/commands.ts';
import { type Line, line, span, wrapLine, wrapWords } from '../format/line.ts';
import { type Binding, type Group, keyName } from '../keys/binding.ts';
import { keyTable, reasonOf } from '../keys/key-table.ts';
import type { UiState } from '../state/ui-state.ts';
import { views } from '../views/views.ts';

const groups: readonly Group[] = ['Act', 'Find', 'Show', 'Move', 'Views'];

const keyColumn = 16;

const entryLines = (keys: string, text: string, columns: number, reason?: string): readonly Line[] => {
  const rows = wrapWords(text, columns - keyColumn - 4);
  const first = line(
    '  ',
    span(keys.padEnd(keyColumn), reason === undefined ? 'key' : 'dim'),
    span(rows[0] ?? '', reason === undefined ? 'plain' : 'dim'),
  );
  const rest = rows
    .slice(1)
    .map((row) => line(' '.repeat(keyColumn + 2), span(row, reason === undefined ? 'plain' : 'dim')));
  const why = reason === undefined ? [] : [line(' '.repeat(keyColumn + 2), span(`now: ${reason}`, 'warn'))];
  return [first, ...rest, ...why];
};

const bindingLines = (binding: Binding, state: UiState): readonly Line[] => {
  const reason = reasonOf(binding, state);
  const keys = binding.keys.map((key) => keyName(key, state.theme.ascii)).join(' ');
  return entryLines(keys, binding.help, state.columns, reason === true ? undefined : reason);
};

const legend = ({ theme: { glyphs } }: UiState): Line =>
  line(
    '  ',
    span(glyphs.up, 'good'),
    ' up  ',
    span(glyphs.down, 'bad'),
    ' broken  ',
    span(glyphs.warning, 'warn'),
    ' warning  ',
    span(glyphs.unknown, 'doubt'),
    ' cannot tell  ',
    span(glyphs.noCarrier, 'dim'),
    ' idle  ',
    span(glyphs.peer, 'good'),
    ' veth pair  ',
    span(glyphs.from, 'accent'),
    ' published',
  );

const abouts: ReadonlySet<string> = new Set(Object.values(views).map((view) => view.about));

export const helpLines = (state: UiState): readonly Line[] => {
  const view = views[state.place.view];
  return [
    line(span(` ${view.title}`, 'title')),
    ...wrapWords(view.about, state.columns - 4).map((row) => line('  ', row)),
    ...wrapLine(legend(state), state.columns - 2, 2),
    ...groups.flatMap((group) => [
      [],
      line(span(` ${group}`, 'title')),
      ...keyTable
        .filter((binding) => binding.group === group)
        .toSorted((a, b) => Number(reasonOf(a, state) !== true) - Number(reasonOf(b, state) !== true))
        .flatMap((binding) => bindingLines(binding, state)),
    ]),
    [],
    line(span(' Commands', 'title')),
    ...commands.flatMap((command) =>
      entryLines(
        `:${command.names[0]}`,
        [
          command.argument ?? '',
          // The views were told one by one above.
          abouts.has(command.help) ? 'that view' : command.help,
          command.names.length > 1 ? `(also ${command.names.slice(1).join(' ')})` : '',
        ]
          .filter((word) => word !== '')
          .join('  '),
        state.columns,
      ),
    ),
  ];
};

/** How far it can be scrolled. */
export const helpScroll = (state: UiState): number => Math.max(0, helpLines(state).length - (state.rows - 3));

export const helpRows = (state: UiState, rows: number): readonly Line[] => {
  const lines = helpLines(state);
  const top = Math.min(state.helpTop, helpScroll(state));
  const shown = lines.slice(top, top + rows);
  return [...shown, ...Array.from({ length: rows - shown.length }, () => [])];
};
