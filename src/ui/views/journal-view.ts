/** Every change that was made, newest first: how it ended, and the way to take it back. */
import { changeMark, changeWord } from '../format/change-words.ts';
import { line, span, type Tone } from '../format/line.ts';
import type { Glyphs } from '../format/theme.ts';
import type { Journal } from '../state/ui-state.ts';
import type { Item } from './item.ts';
import type { View } from './view.ts';

const openStates: ReadonlySet<string> = new Set(['failed', 'interrupted', 'awaiting-confirmation', 'applied']);

const note = (text: string, tone: Tone): Item => ({
  id: `journal ${text}`,
  faulty: true,
  selectable: false,
  cells: [span(text, tone)],
});

const noteItems = (journal: Journal | undefined, { unknown }: Glyphs): readonly Item[] => {
  if (journal === undefined) return [note('reading the journal…', 'dim')];
  return [
    ...(journal.error === undefined ? [] : [note(`${unknown} it could not be read: ${journal.error}`, 'doubt')]),
    ...(journal.damaged === 0
      ? []
      : [note(`${unknown} ${journal.damaged} lines in ${journal.folder} could not be read`, 'doubt')]),
  ];
};

export const journalView: View = {
  id: 'journal',
  title: 'Journal',
  key: 'J',
  aliases: ['journal', 'changes', 'undo'],
  about: 'Every change that vethscope made on this host, newest first. U shows how one is taken back, and asks.',
  empty: 'Nothing was changed.',
  columns: [
    { id: 'at', title: 'AT', leaves: 2 },
    { id: 'what', title: 'WHAT', min: 24 },
    { id: 'state', title: 'ENDED', min: 15 },
    { id: 'finding', title: 'FINDING', min: 10, leaves: 5 },
    { id: 'id', title: 'CHANGE' },
  ],
  wide: true,
  newestFirst: true,
  deps: (state) => [state.journal],
  build: ({ state, glyphs }): readonly Item[] => [
    ...noteItems(state.journal, glyphs),
    ...(state.journal?.changes ?? []).toReversed().map((change) => ({
      id: `change ${change.id ?? change.at ?? change.title}`,
      ...(change.id === undefined ? {} : { ref: { kind: 'change', id: change.id } as const }),
      faulty: openStates.has(change.state),
      copy: change.id ?? change.title,
      keywords: change.commands.flat().join(' '),
      cells: [
        span((change.at ?? '').slice(0, 19).replace('T', ' '), 'dim'),
        change.title,
        line(changeMark(change.state, glyphs), ' ', changeWord[change.state]),
        span(change.finding, 'dim'),
        change.id ?? '',
      ],
    })),
  ],
};
