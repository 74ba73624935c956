/** A change as text: what is or was run, how it ended, and how it is taken back. */
import type { Change, ChangeState } from '../../fix/change.ts';
import { formatArgv } from '../../model/runnable-argv.ts';
import { type Column, formatTable, safeText, type TextStyle } from '../format-table.ts';

const words: Readonly<Record<ChangeState, string>> = {
  previewed: 'nothing was changed yet',
  applied: 'applied, not yet checked',
  'awaiting-confirmation': 'it helped, and waits to be confirmed',
  verified: 'done: it helped',
  'rolled-back': 'taken back',
  undone: 'taken back: all is as it was before',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** Lines a person can copy. */
export const commandLines = (change: Pick<Change, 'commands' | 'undo'>, before = ''): readonly string[] => [
  ...change.commands.map((argv) => `  run   ${before}${formatArgv(argv)}`),
  ...change.undo.map((argv) => `  undo  ${before}${formatArgv(argv)}`),
];

export const formatChange = (change: Change, style: TextStyle): string => {
  const { id, finding, title, state, detail, confirmBefore } = change;
  const lines = [
    `${id === undefined ? '' : `change ${id}: `}${title}  [${finding}]`,
    ...commandLines(change),
    `${state === 'verified' && finding.startsWith('plumb:') ? 'done' : words[state]}${confirmBefore === undefined ? '' : ` before ${confirmBefore}`}`,
    ...(detail === undefined ? [] : [detail]),
    ...(state === 'verified' && id !== undefined && change.undo.length > 0
      ? [`to take it back: vethscope undo ${id}`]
      : []),
  ];
  return `${lines.map((line) => safeText(line, style)).join('\n')}\n`;
};

const columns: readonly Column<Change>[] = [
  { title: 'CHANGE', cell: (row) => row.id },
  { title: 'AT', cell: (row) => row.at },
  { title: 'STATE', cell: (row) => row.state },
  { title: 'FINDING', cell: (row) => row.finding },
  { title: 'WHAT', cell: (row) => row.title },
];

/** A table, and below it what needs a decision. */
export const formatJournal = (changes: readonly Change[], style: TextStyle): string => {
  if (changes.length === 0) return 'nothing was changed\n';
  const open = changes.filter(
    ({ state }) => state === 'interrupted' || state === 'awaiting-confirmation' || state === 'failed',
  );
  const notes = open.map(({ id, detail, confirmBefore }) =>
    safeText(`${id}: ${detail ?? ''}${confirmBefore === undefined ? '' : ` (before ${confirmBefore})`}`, style),
  );
  return formatTable(columns, changes, style) + (notes.length === 0 ? '' : `\n${notes.join('\n')}\n`);
};
