/** The words and options of `vethscope capture` as a question, with limits nobody has to ask for. */

import { safeLimits } from '../session/capturer.ts';
import type { CaptureQuestion } from '../session.ts';
import type { CommandInput } from './command.ts';
import { usageError } from './usage-error.ts';

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `100M`, `2G`, `4096`; undefined when it is none, or nothing. */
export const parseSize = (text: string): number | undefined => {
  const [, number, unit = ''] = /^(\d{1,12})([KMG]?)i?B?$/i.exec(text) ?? [];
  const size = number === undefined ? 0 : Number(number) * (units[unit.toUpperCase()] ?? 0);
  return size > 0 ? size : undefined;
};

/** `90`, `30s`, `10m`, `2h` in milliseconds; undefined when it is none. */
export const parseDuration = (text: string): number | undefined => {
  const [, number, unit = 's'] = /^(\d{1,8}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return number === undefined ? undefined : Math.round(Number(number) * (factors[unit] ?? 0));
};

const readCount = (name: string, text: string | undefined, least: number): number | undefined => {
  if (text === undefined) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (count < least) throw usageError(`--${name} ${text}: is no number from ${least} on`);
  return count;
};

/** `0` means never; absent: `unless`. */
const readLimit = (
  name: 'duration' | 'size',
  text: string | undefined,
  unless: number | undefined,
): number | undefined => {
  if (text === undefined) return unless;
  if (text === '0') return undefined;
  const limit = name === 'duration' ? parseDuration(text) : parseSize(text);
  if (limit === undefined || limit === 0)
    throw usageError(
      `--${name} ${text}: is none (write ${name === 'duration' ? '30s, 10m, 2h' : '20M, 2G'}, or 0: never)`,
    );
  return limit;
};

/** A document is printed at the end, so there must be one. */
const documentMs = 10_000;

const defaultDuration = (file: string | undefined, json: boolean, packets: number | undefined): number | undefined => {
  if (file !== undefined && file !== '-') return safeLimits.durationMs;
  return json && packets === undefined ? documentMs : undefined;
};

export const readCaptureQuestion = ({ words, values, switches, json }: CommandInput): CaptureQuestion => {
  const first = (name: string): string | undefined => values.get(name)?.[0];
  const file = first('write');
  const filter = first('filter');
  const reader = first('reader') as CaptureQuestion['reader'];
  const [from, to] = values.get('path') ?? [];
  const packets = readCount('count', first('count'), 1);
  const snapLength = readCount('snaplen', first('snaplen'), 14);
  const durationMs = readLimit('duration', first('duration'), defaultDuration(file, json, packets));
  const bytes = readLimit('size', first('size'), file === undefined || file === '-' ? undefined : safeLimits.bytes);
  if (file === undefined && first('size') !== undefined) throw usageError('--size: limits a file (add -w FILE)');
  return {
    points: words,
    ...(from === undefined || to === undefined ? {} : { path: { from, to } }),
    ...(file === undefined ? {} : { file }),
    ...(filter === undefined ? {} : { filter }),
    ...(reader === undefined ? {} : { reader }),
    ...(snapLength === undefined ? {} : { snapLength }),
    promiscuous: switches.has('promiscuous'),
    limits: {
      ...(packets === undefined ? {} : { packets }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(bytes === undefined ? {} : { bytes }),
    },
  };
};
