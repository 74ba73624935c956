/** How many packets of each connection each point saw, as what, and how long after the first point. */
import type { MatchedRow, SeenTuple, Sighting } from './sighting.ts';

export interface FlowSighting {
  readonly flow: number;
  /** 0: the way of the connection's first packet. */
  readonly side: 0 | 1;
  readonly point: number;
  readonly packets: number;
  /** Of the first packet seen there. */
  readonly tuple: SeenTuple;
  readonly inside?: string;
  /** Microseconds after the packet's first sighting; half of the packets took less. */
  readonly medianDelayUs: number;
}

interface Sum {
  readonly row: MatchedRow;
  readonly first: Sighting;
  readonly delays: number[];
}

/** Delays kept for the median. */
const kept = 1000;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** In the order in which points first saw them. */
export const sumSightings = (rows: readonly MatchedRow[]): readonly FlowSighting[] => {
  const sums = new Map<string, Sum & { packets: number }>();
  for (const row of rows)
    for (const [n, sighting] of row.sightings.entries()) {
      // The second pass of a hairpin is the same packet.
      if (row.sightings.findIndex(({ point }) => point === sighting.point) !== n) continue;
      const key = `${row.flow} ${row.side} ${sighting.point}`;
      const sum = sums.get(key) ?? { row, first: sighting, delays: [], packets: 0 };
      sum.packets++;
      if (sum.delays.length < kept) sum.delays.push(Number(sighting.delay) / 1000);
      sums.set(key, sum);
    }
  return [...sums.values()].map(({ row, first, delays, packets }) => ({
    flow: row.flow,
    side: row.side,
    point: first.point,
    packets,
    tuple: first.tuple,
    ...(first.inside !== undefined && { inside: first.inside }),
    medianDelayUs: median(delays),
  }));
};
