/** A rate that forgets: what was lately, in two numbers a flow. */
import type { Rate } from './flow-entry.ts';

/** Seconds over which the past fades to a third. */
const memory = 2;

export interface RateSum {
  bytes: number;
  packets: number;
  /** Seconds on the table's clock. */
  at: number;
}

export const newRate = (at: number): RateSum => ({ bytes: 0, packets: 0, at });

const fade = (sum: RateSum, at: number): void => {
  // Packets of several points are not always in order of time.
  if (at <= sum.at) return;
  const left = Math.exp((sum.at - at) / memory);
  sum.bytes *= left;
  sum.packets *= left;
  sum.at = at;
};

export const addToRate = (sum: RateSum, bytes: number, at: number): void => {
  fade(sum, at);
  sum.bytes += bytes;
  sum.packets += 1;
};

export const rateAt = ({ bytes, packets, at }: RateSum, now: number): Rate => {
  const left = Math.exp(Math.min(0, at - now) / memory) / memory;
  return { bytesPerSecond: bytes * left, packetsPerSecond: packets * left };
};
