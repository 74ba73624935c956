/** How far the other machine's clock is ahead of ours, asked over the line in a few round trips. */
import type { ClockDifference } from '../../capture/capture-order.ts';
import { type Frame, findBody } from '../frames.ts';

export const clockCall = 'f clock; date +%s.%N\n';

const samples = 4;

/** Milliseconds since 1970, and how long the second that was told lasts where its parts were not (busybox). */
const parseClock = (text: string | undefined): { readonly at: number; readonly blurMs: number } | undefined => {
  const [, seconds, fraction = ''] = /^(\d{9,11})(?:\.(\d*))?/.exec(text?.trim() ?? '') ?? [];
  if (seconds === undefined) return undefined;
  if (fraction.length === 9) return { at: Number(seconds) * 1000 + Number(fraction) / 1e6, blurMs: 0 };
  return { at: Number(seconds) * 1000 + 500, blurMs: 500 };
};

interface Span {
  readonly low: number;
  readonly high: number;
}

/**
 * It was asked after `sent` and had answered before `got`: each sample bounds the difference, all of them together more closely. Our own clock is told
 * in whole milliseconds.
 */
export const spanOf = (text: string | undefined, sent: number, got: number): Span | undefined => {
  const clock = parseClock(text);
  if (clock === undefined || got < sent) return undefined;
  return { low: clock.at - clock.blurMs - got - 1, high: clock.at + clock.blurMs - sent + 1 };
};

/** Samples that contradict each other: a clock was set meanwhile. */
export const differenceOf = (spans: readonly Span[]): ClockDifference | undefined => {
  const low = Math.max(...spans.map((span) => span.low));
  const high = Math.min(...spans.map((span) => span.high));
  if (spans.length === 0 || low > high) return undefined;
  const isCertain = low > 0 || high < 0;
  return {
    aheadMs: Math.round((low + high) * 500) / 1000,
    withinMs: Math.round((high - low) * 500) / 1000,
    moved: isCertain,
  };
};

/** undefined: it could not be told. */
export const measureClock = async (
  call: (script: string) => Promise<readonly Frame[]>,
  now: () => number = Date.now,
): Promise<ClockDifference | undefined> => {
  const spans: Span[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const sent = now();
    const body = findBody(await call(clockCall), 'clock');
    const span = spanOf(body, sent, now());
    if (span !== undefined) spans.push(span);
  }
  return differenceOf(spans);
};
