/** `vethscope measure FROM TO…`: sends echoes, so it says what before it does. */
import { safeText } from '../report/format-table.ts';
import { formatMeasure } from '../report/measure/format-measure.ts';
import { measureDocument } from '../report/measure/measure-document.ts';
import type { Measurement, MeasureRefusal } from '../session.ts';
import { type CommandInput, type RunCommand, withGraph, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

const readNumber = ({ values }: CommandInput, name: string, limit: number, unless: number): number => {
  const text = values.get(name)?.[0];
  if (text === undefined) return unless;
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > limit)
    throw usageError(`--${name} ${text}: is no number from 1 to ${limit}`);
  return Number(text);
};

const refusalCodes: Readonly<Partial<Record<MeasureRefusal['reason'], ExitCode>>> = {
  'not-found': exitCodes.no,
  'read-only': exitCodes.changeFailed,
};

export const runMeasure: RunCommand = async (input) => {
  const [from = '', ...ends] = input.words;
  const count = readNumber(input, 'count', 1000, 10);
  const throughputS = readNumber(input, 'throughput', 60, 0);
  const { io, style } = input;
  return withGraph(input, undefined, async (graph, session) => {
    const measured: Measurement[] = [];
    for (const to of ends) {
      const answer = await session.measure({ from, to, count, throughputS }, (what) =>
        io.stderr.write(`${safeText(what, style)}\n`),
      );
      if ('error' in answer) {
        const how = answer.howToSee === undefined ? '' : ` (${answer.howToSee})`;
        return tellFailure(
          input,
          `measure: ${answer.error}${how}`,
          refusalCodes[answer.reason] ?? exitCodes.cannotTell,
        );
      }
      measured.push(answer);
    }
    if (input.json) writeJson(input, measureDocument(graph, from, measured));
    else io.stdout.write(formatMeasure(measured, style));
    return measured.every(({ received }) => received > 0) ? exitCodes.yes : exitCodes.no;
  });
};
