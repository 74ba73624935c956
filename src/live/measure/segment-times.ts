/** Where along a path time is spent: medians between neighbouring points, there and back, from packets seen at each. */

/** One packet at the points it was seen at, in order of time. */
export interface SeenAlong {
  readonly direction?: 'request' | 'reply';
  readonly sightings: readonly { readonly point: number; readonly at: bigint }[];
}

export interface SegmentTime {
  readonly from: string;
  readonly to: string;
  readonly direction: 'request' | 'reply';
  readonly medianUs: number;
  readonly packets: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Slowest first. `names`: of the points, by number. */
export const segmentTimes = (rows: readonly SeenAlong[], names: readonly string[]): readonly SegmentTime[] => {
  const found = new Map<string, { direction: 'request' | 'reply'; from: number; to: number; times: number[] }>();
  for (const { direction, sightings } of rows) {
    if (direction === undefined) continue;
    for (const [at, next] of sightings.slice(1).entries()) {
      const before = sightings[at]!;
      const key = `${direction} ${before.point} ${next.point}`;
      const segment = found.get(key) ?? { direction, from: before.point, to: next.point, times: [] };
      found.set(key, segment);
      segment.times.push(Number(next.at - before.at) / 1000);
    }
  }
  return [...found.values()]
    .map(({ direction, from, to, times }) => ({
      direction,
      from: names[from] ?? `#${from + 1}`,
      to: names[to] ?? `#${to + 1}`,
      medianUs: median(times),
      packets: times.length,
    }))
    .toSorted((a, b) => b.medianUs - a.medianUs);
};
