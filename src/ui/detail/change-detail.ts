/** A change of the journal: what was run, what takes it back, what it touched and how it ended. */
import { formatArgv } from '../../model/runnable-argv.ts';
import type { Change } from '../../session.ts';
import { changeMark, changeWords } from '../format/change-words.ts';
import { line, span } from '../format/line.ts';
import { type Detail, type DetailContext, row, rowTo } from './detail.ts';

export const changeDetail = (change: Change, { glyphs }: DetailContext): Detail => ({
  title: line(changeMark(change.state, glyphs), ' ', span(change.title, 'strong'), `  ${changeWords[change.state]}`),
  rows: [
    ...(change.detail === undefined ? [] : [row('why', change.detail)]),
    ...(change.confirmBefore === undefined ? [] : [row('until', span(change.confirmBefore, 'warn'))]),
    ...change.commands.map((argv) => row('run', formatArgv(argv))),
    ...change.undo.map((argv) => row('undo', span(formatArgv(argv), 'accent'))),
    ...change.before.map((touched) => row('touched', touched.what)),
    rowTo({ kind: 'finding', id: change.finding }, 'finding', change.finding),
    ...(change.at === undefined ? [] : [row('at', change.at)]),
  ],
});
