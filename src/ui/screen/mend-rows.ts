/** The screen of a remedy, an undo or packets to be sent: exact commands, the way back, risk and scope, then what is being done and how it ended. */
import { formatArgv } from '../../model/runnable-argv.ts';
import type { Change, FixPreview, FixQuestion } from '../../session.ts';
import { changeMark, changeWords } from '../format/change-words.ts';
import { type Line, line, type Part, span, wrapLine } from '../format/line.ts';
import { severityMark } from '../format/severity.ts';
import type { Glyphs } from '../format/theme.ts';
import { canKeep, canTakeBack, isRisky, type MendState, nameToType, wantedOf } from '../state/mend-state.ts';
import type { UiState } from '../state/ui-state.ts';
import { probeParts } from './probe-parts.ts';

const indent = 9;

const row = (name: string, ...words: Part[]): Line => line(' ', span(name.padEnd(indent - 1), 'dim'), ' ', ...words);

const text = (...words: Part[]): Line => line(' ', ...words);

const commandRows = (name: string, argvs: readonly (readonly string[])[], tone: 'accent' | 'plain'): readonly Line[] =>
  argvs.map((argv) => row(name, span(formatArgv(argv), tone)));

const questionRows = (preview: FixPreview, typed: string | undefined, glyphs: Glyphs): readonly Line[] => {
  if (preview.refused !== undefined)
    return [
      text(span(`vethscope does not apply it: ${preview.refused}.`, 'warn')),
      ...(preview.change.commands.length === 0
        ? []
        : [
            text('To be run by hand: ', span('y', 'key'), ' copies this'),
            ...preview.change.commands.map((argv) => line('   ', span(`sudo ${formatArgv(argv)}`, 'accent'))),
          ]),
    ];
  if (typed !== undefined)
    return [
      text('Type ', span(nameToType(preview), 'strong'), ' and Enter to apply it; Esc does not.'),
      line('   ', span('> ', 'key'), typed, span(glyphs.caret, 'accent')),
    ];
  return [
    text(
      span('y', 'key'),
      isRisky(preview) ? ' goes on: the name is asked then' : ' applies it',
      '   ',
      span('Esc', 'key'),
      ' leaves everything as it is',
    ),
  ];
};

const revertWarning = 'taken back by itself unless you confirm in time';

/** Whether the operator could cut himself off. */
const sshRows = ({ remedy, ssh }: FixPreview): readonly Line[] => {
  if (ssh === undefined)
    return remedy.cutsConnection ? [row('', span(`It could cut your connection: ${revertWarning}.`, 'warn'))] : [];
  return [
    ssh.cuts
      ? row('ssh', span(`at risk: ${ssh.why}; ${revertWarning}.`, 'warn'))
      : row('ssh', span('safe: ', 'good'), `${ssh.why}.`),
  ];
};

const proofOf = ({ finding }: FixPreview, ends: FixQuestion['ends']): string => {
  const way =
    ends === undefined ? '' : `${ends.from} ${finding.check === 'plumb' ? 'reaches' : 'is traced to reach'} ${ends.to}`;
  if (finding.check === 'plumb')
    return `the host is read again${way === '' ? '; what fails half way is taken back' : `: unless ${way}, all is taken back`}`;
  return `the host is read again: unless this finding is gone${way === '' ? '' : ` and ${way}`} then, all is taken back`;
};

const previewLines = (
  { preview, question: { ends } }: Extract<MendState, { stage: 'preview' }>,
  glyphs: Glyphs,
): readonly Line[] => {
  const { finding, remedy, change } = preview;
  const risky = isRisky(preview);
  return [
    // What is wired is no finding: the remedy says it all.
    ...(finding.check === 'plumb' ? [] : [text(severityMark(finding.severity, glyphs), ' ', finding.title), []]),
    text(
      span(remedy.title, 'strong'),
      finding.remedies.length > 1 && span(`   remedy ${remedy.n} of ${finding.remedies.length}`, 'dim'),
    ),
    ...commandRows('run', change.commands, 'accent'),
    ...remedy.steps.map((step) => row('do', step)),
    ...(change.undo.length === 0
      ? [row('undo', span('there is nothing that takes it back', 'warn'))]
      : [
          ...commandRows('undo', change.undo, 'plain'),
          ...(preview.refused === undefined
            ? [row('', span('then what it touched is put back exactly as it is now', 'dim'))]
            : []),
        ]),
    row('does', remedy.changes),
    row('scope', remedy.scope),
    row('risk', span(`${remedy.riskLevel}: `, risky ? 'warn' : 'plain'), remedy.risk),
    ...sshRows(preview),
    row('lasts', remedy.persistence),
    ...(preview.refused === undefined ? [row('proof', proofOf(preview, ends))] : []),
  ];
};

const wordsOf = ({ state, finding }: Change): string =>
  state === 'verified' && finding.startsWith('plumb') ? 'done' : changeWords[state];

const changeLines = (change: Change, glyphs: Glyphs): readonly Line[] => [
  text(changeMark(change.state, glyphs), ' ', span(wordsOf(change), 'strong')),
  ...(change.detail === undefined ? [] : [row('why', change.detail)]),
  ...(change.confirmBefore === undefined
    ? []
    : [row('until', span(change.confirmBefore, 'warn'), ', then it is taken back')]),
  ...(change.id === undefined ? [] : [row('change', change.id, span(`   ${change.title}`, 'dim'))]),
];

const offers = (change: Change): Line =>
  text(
    ...(canKeep(change)
      ? [span('c', 'key'), change.state === 'interrupted' ? ' completes it   ' : ' keeps it   ']
      : []),
    ...(canTakeBack(change) ? [span('U', 'key'), ' takes it back   '] : []),
    span('J', 'key'),
    ' journal   ',
    span('Esc', 'key'),
    ' closes',
  );

const mayUndo = (change: Change, state: UiState): boolean => !state.readOnly && state.live && canTakeBack(change);

const undoLines = (change: Change, { theme }: UiState): readonly Line[] => [
  text(span(`Take back: ${change.title}`, 'strong')),
  ...changeLines(change, theme.glyphs),
  ...commandRows('was run', change.commands, 'plain'),
  ...commandRows('undo', change.undo, 'accent'),
  ...change.before.map((touched) => row('restores', touched.what)),
];

const undoQuestion = (change: Change, state: UiState): readonly Line[] => {
  const may = mayUndo(change, state);
  return [
    ...(may ? [text('It is refused when something else has changed there meanwhile.')] : []),
    text(
      span('y', 'key'),
      may ? ' takes it back   ' : ' copies the undo commands, with sudo   ',
      ...(may && canKeep(change)
        ? [span('c', 'key'), change.state === 'interrupted' ? ' completes it   ' : ' keeps it   ']
        : []),
      span('Esc', 'key'),
      ' leaves everything as it is',
    ),
  ];
};

const progressLines = (lines: readonly string[]): readonly Line[] => lines.map((what) => line('  + ', span(what)));

/** What can be scrolled, and what is asked or came of it: always in sight. */
export interface Parts {
  readonly body: readonly Line[];
  readonly tail: readonly Line[];
}

const looking = ({ question }: Extract<MendState, { stage: 'looking' }>): Line =>
  text(
    span(
      question.plumbing === undefined
        ? `looking how ${wantedOf(question)} could be mended…`
        : `looking what ${wantedOf(question)} takes…`,
      'dim',
    ),
  );

const partsOf = (state: UiState, mend: MendState): Parts => {
  const { glyphs } = state.theme;
  switch (mend.stage) {
    case 'looking':
      return { body: [looking(mend)], tail: [] };
    case 'preview':
      return { body: previewLines(mend, glyphs), tail: [[], ...questionRows(mend.preview, mend.typed, glyphs)] };
    case 'running':
      return {
        body: [text(span(mend.doing, 'strong')), ...progressLines(mend.lines)],
        tail: [text(span('working…', 'warn'))],
      };
    case 'done':
      return {
        body: [text(span(mend.doing, 'strong')), ...progressLines(mend.lines)],
        tail: [
          [],
          ...('error' in mend.answer
            ? [text(span(mend.answer.error, 'bad')), [], text(span('Esc', 'key'), ' closes')]
            : [...changeLines(mend.answer, glyphs), [], offers(mend.answer)]),
        ],
      };
    case 'probe':
      return probeParts(mend.choice);
    case 'undo':
      return { body: undoLines(mend.change, state), tail: [[], ...undoQuestion(mend.change, state)] };
  }
};

/** Of the body as many as fit, and below it what is always in sight; where not all fits a row says so. */
const layOut = (state: UiState, mend: MendState, rows: number) => {
  const wrap = (lines: readonly Line[]) => lines.flatMap((words) => wrapLine(words, state.columns - 2, indent + 1));
  const parts = partsOf(state, mend);
  const [body, tail] = [wrap(parts.body), wrap(parts.tail)];
  const room = Math.max(1, rows - tail.length);
  const isLong = body.length > room;
  const shown = isLong ? Math.max(1, room - 1) : room;
  const last = Math.max(0, body.length - shown);
  // What is being done stands at the end.
  const top = mend.stage === 'running' ? last : Math.min(mend.top, last);
  return { body, tail, shown, isLong, last, top };
};

/** How far it can be scrolled. */
export const mendScroll = (state: UiState, mend: MendState): number => layOut(state, mend, state.rows - 3).last;

export const mendRows = (state: UiState, mend: MendState, rows: number): readonly Line[] => {
  const { body, tail, shown, isLong, last, top } = layOut(state, mend, rows);
  const more = last - top;
  const lines = [
    ...body.slice(top, top + shown),
    ...(isLong
      ? [
          text(
            span(
              more > 0 ? `${more} more line${more === 1 ? '' : 's'} below: j` : 'that is all; k goes back up',
              'dim',
            ),
          ),
        ]
      : []),
    ...tail,
  ].slice(0, rows);
  return [...lines, ...Array.from({ length: rows - lines.length }, () => [])];
};

/** What the footer offers meanwhile. */
export const mendHints = (mend: MendState): readonly (readonly [key: string, label: string])[] => {
  switch (mend.stage) {
    case 'looking':
      return [['Esc', 'leave']];
    case 'running':
      return [['Ctrl+C', 'quit (the journal then offers to complete it or take it back)']];
    case 'preview': {
      if (mend.typed !== undefined) return [['Esc', 'do not apply']];
      const more = mend.preview.finding.remedies.length > 1;
      return [
        ['y', mend.preview.refused === undefined ? 'apply' : 'copy'],
        ...(mend.preview.refused === undefined ? ([['Y', 'copy']] as const) : []),
        ...(more ? ([['n', 'next remedy']] as const) : []),
        ['J', 'journal'],
        ['Esc', 'leave'],
      ];
    }
    case 'probe':
      return [
        ...(mend.choice === undefined || mend.choice.questions.length === 0 ? [] : ([['y', 'send']] as const)),
        ['Esc', 'leave'],
      ];
    case 'done':
    case 'undo':
      return [['Esc', 'leave']];
  }
};
