/** The last line: what is being typed, what was just said, or the keys that work here and the way back. */
import { completionsOf, usageOf } from '../command/commands.ts';
import { fitTo, joined, type Line, line, span, widthOf } from '../format/line.ts';
import { keyName } from '../keys/binding.ts';
import { footerBindings } from '../keys/key-table.ts';
import { selectedItem, selectItems } from '../state/select-items.ts';
import type { Prompt, UiState } from '../state/ui-state.ts';
import { views } from '../views/views.ts';
import { helpScroll } from './help-rows.ts';
import { mendHints } from './mend-rows.ts';

const promptLine = (prompt: Prompt, state: UiState): Line => {
  const caret = span(state.theme.glyphs.caret, 'accent');
  switch (prompt.kind) {
    case 'filter': {
      const { items, total } = selectItems(state);
      return line(
        ' ',
        span('/', 'key'),
        prompt.text,
        caret,
        span(`   ${items.length} of ${total}  !word hides  Enter keeps  Esc drops`, 'dim'),
      );
    }
    case 'command': {
      const offers = completionsOf(prompt.text, state)
        .filter((offer) => offer !== prompt.text)
        .slice(0, 8);
      const usage = usageOf(prompt.text);
      return line(
        ' ',
        span(':', 'key'),
        prompt.text,
        caret,
        usage !== '' && span(`   ${usage}`, 'accent'),
        span(`   ${offers.join(' ')}`, 'dim'),
      );
    }
    case 'palette': {
      const title =
        prompt.purpose === 'jump'
          ? 'jump to'
          : prompt.purpose === 'from'
            ? 'trace from'
            : `trace ${state.trace.from ?? ''} to`;
      return line(' ', span(`${title} `, 'key'), prompt.text, caret, span('   Enter goes  Esc leaves', 'dim'));
    }
  }
};

/** Where one is, and where Esc leads. */
const crumbs = (state: UiState): Line => {
  const { place, past, theme } = state;
  const { items } = selectItems(state);
  const narrow = state.columns < 100;
  const name = place.view === 'trace' ? '' : (selectedItem(state)?.copy ?? '');
  const before = narrow ? undefined : past.at(-1);
  const notes = [place.filter !== '' && `/${place.filter}`, place.faultsOnly && 'faults'].filter(
    (word) => word !== false,
  );
  return line(
    ...notes.map((note) => span(`${note} `, 'warn')),
    fitTo(span(name, 'dim'), Math.min(widthOf(name), narrow ? 15 : 24), theme),
    before !== undefined &&
      before.view !== place.view &&
      span(` ${theme.glyphs.from} ${views[before.view].title.toLowerCase()}`, 'dim'),
    span(`  ${items.length === 0 ? 0 : place.index + 1}/${items.length}`, 'dim'),
  );
};

const hints = (state: UiState, room: number): Line => {
  let used = 0;
  const shown = footerBindings(state).flatMap((binding) => {
    const key = keyName(binding.keys[0]!, state.theme.ascii);
    const words = line(span(key, 'key'), span(` ${binding.label}`, 'dim'));
    const width = widthOf(words) + 2;
    // Help is the way to all others: it keeps its place.
    const reserve = binding.id === 'help' ? 0 : 8;
    if (used + width > room - reserve) return [];
    used += width;
    return [words];
  });
  return joined(shown, '  ');
};

const hint = (key: string, label: string): Line => line(span(key, 'key'), span(` ${label}`, 'dim'));

const helpHints = (state: UiState): readonly Line[] => {
  const below = helpScroll(state) - state.helpTop;
  return [
    ...(below > 0 ? [hint('j PgDn', `${below} more line${below === 1 ? '' : 's'}`)] : []),
    ...(state.helpTop > 0 ? [hint('k g', 'back up')] : []),
    hint('Esc', 'leave'),
  ];
};

export const footerLine = (state: UiState): Line => {
  if (state.mend !== undefined && state.message === undefined)
    return line(
      ' ',
      joined(
        mendHints(state.mend).map(([key, label]) => hint(key, label)),
        '  ',
      ),
    );
  if (state.mend === undefined && state.prompt !== undefined) return promptLine(state.prompt, state);
  if (state.message !== undefined) return line(' ', span(state.message.text, state.message.tone));
  if (state.help) return line(' ', joined(helpHints(state), '  '));
  const right = crumbs(state);
  const room = state.columns - widthOf(right) - 3;
  return line(' ', fitTo(hints(state, room), room, state.theme), ' ', right, ' ');
};
