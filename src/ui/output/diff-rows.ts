/** The fewest bytes that turn one painted row into another. */
import type { Cells } from './cells.ts';

/** Rewriting a few unchanged cells is cheaper than moving over them. */
const bridgeable = 4;

const sgrTo = (style: string): string => (style === '' ? '\u001b[m' : `\u001b[0;${style}m`);

const isBlank = (cells: Cells, at: number): boolean => cells.chars[at] === ' ' && cells.styles[at] === '';

const lastNonBlank = (cells: Cells): number => {
  let at = cells.chars.length - 1;
  while (at >= 0 && isBlank(cells, at)) at -= 1;
  return at;
};

const differs = (before: Cells, after: Cells, at: number): boolean =>
  before.chars[at] !== after.chars[at] || before.styles[at] !== after.styles[at];

interface Run {
  readonly from: number;
  readonly to: number;
}

const runsOf = (before: Cells, after: Cells, end: number): readonly Run[] => {
  const runs: { from: number; to: number }[] = [];
  for (let at = 0; at < end; at++) {
    if (!differs(before, after, at)) continue;
    // The left half of a wide character is written with its right half.
    const from = after.chars[at] === '' || before.chars[at] === '' ? Math.max(0, at - 1) : at;
    const last = runs.at(-1);
    if (last !== undefined && from - last.to <= bridgeable) last.to = at + 1;
    else runs.push({ from, to: at + 1 });
  }
  return runs;
};

/** `row` counts from 0. Starts and ends with no style in force. */
export const diffRows = (before: Cells, after: Cells, row: number): string => {
  const width = after.chars.length;
  const blankFrom = lastNonBlank(after) + 1;
  // Erasing to the end of the line beats writing blanks, where there are enough of them to replace.
  const erases = lastNonBlank(before) + 1 - blankFrom > 3;
  const runs = runsOf(before, after, erases ? blankFrom : width);
  let out = '';
  let style = '';
  let column = -1;
  for (const run of runs) {
    const step = run.from - column;
    if (column >= 0 && step > 0) out += step === 1 ? '\u001b[C' : `\u001b[${step}C`;
    else if (step !== 0) out += `\u001b[${row + 1};${run.from + 1}H`;
    for (let at = run.from; at < run.to; at++) {
      if (after.chars[at] === '') continue;
      if (after.styles[at] !== style) {
        style = after.styles[at]!;
        out += sgrTo(style);
      }
      out += after.chars[at]!;
    }
    column = run.to + (after.chars[run.to] === '' ? 1 : 0);
  }
  if (style !== '') out += '\u001b[m';
  if (erases) {
    if (column !== blankFrom) out += `\u001b[${row + 1};${blankFrom + 1}H`;
    out += '\u001b[K';
  }
  return out;
};
