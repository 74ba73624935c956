/** Packets that a full conntrack table cost: the column `drop` of /proc/net/stat/nf_conntrack, which counts nothing else. */
import { readFileSync } from 'node:fs';
import type { TrackingLoss } from '../watch-order.ts';
import type { Place } from './place-door.ts';

/** One line for each CPU, in hexadecimal; undefined when there is no such column. */
export const readDropped = (text: string): number | undefined => {
  const [head = '', ...lines] = text.trim().split('\n');
  const column = head.trim().split(/\s+/).indexOf('drop');
  if (column < 0) return undefined;
  return lines.reduce((sum, line) => sum + Number.parseInt(line.trim().split(/\s+/)[column] ?? '0', 16), 0);
};

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const numberOf = (path: string): number | undefined => {
  const text = textOf(path);
  return text === undefined ? undefined : Number(text);
};

const look = (place: Place) =>
  place.inside(() => {
    const text = textOf('/proc/thread-self/net/stat/nf_conntrack');
    return text === undefined ? undefined : readDropped(text);
  });

/** Compares with the last time it was called; the first time is when it is made. */
export const watchTracking = (places: readonly Place[]): (() => readonly TrackingLoss[]) => {
  const before = new Map(places.map((place) => [place, look(place)]));
  return () =>
    places.flatMap((place): readonly TrackingLoss[] => {
      const now = look(place);
      const packets = (now ?? 0) - (before.get(place) ?? now ?? 0);
      before.set(place, now);
      if (packets <= 0) return [];
      const [count, max] = place.inside(() => [
        numberOf('/proc/sys/net/netfilter/nf_conntrack_count'),
        numberOf('/proc/sys/net/netfilter/nf_conntrack_max'),
      ]);
      return [
        {
          netns: place.netns,
          packets,
          ...(count === undefined ? {} : { count }),
          ...(max === undefined ? {} : { max }),
        },
      ];
    });
};
