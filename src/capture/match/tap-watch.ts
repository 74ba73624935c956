/** When each tap was watching, and when it missed packets itself: what may be concluded from its silence. */
import type { CaptureEvent } from '../../host/capture/capture-order.ts';

interface Tap {
  linkType: number;
  readyAt: number;
  endedAt: number;
  endedBecause: string | undefined;
  dropped: number;
  /** When its counts were last told. */
  countedAt: number;
  /** Times in which some were lost, oldest first, bounded by joining. */
  readonly losses: { from: number; to: number; count: number }[];
}

const lossesKept = 64;

/** Taps of one capture are stopped one after the other, and tell so later than they stop: nothing is concluded from the last moment. */
const raggedEnd = 300_000_000;

export interface TapWatch {
  tell(event: Exclude<CaptureEvent, { readonly kind: 'packets' }>, now: number): void;
  /** undefined: the tap never said it is ready. */
  linkType(tap: number): number | undefined;
  /** Why a packet of that time span may have passed there unseen; undefined: it would have been seen. */
  doubt(tap: number, from: number, to: number): string | undefined;
}

const newTap = (): Tap => ({
  linkType: -1,
  readyAt: Number.POSITIVE_INFINITY,
  endedAt: Number.POSITIVE_INFINITY,
  endedBecause: undefined,
  dropped: 0,
  countedAt: Number.NEGATIVE_INFINITY,
  losses: [],
});

const count = (tap: Tap, dropped: number, now: number): void => {
  if (dropped > tap.dropped) {
    tap.losses.push({ from: tap.countedAt, to: now, count: dropped - tap.dropped });
    const [first, second] = tap.losses;
    if (tap.losses.length > lossesKept && first !== undefined && second !== undefined)
      tap.losses.splice(0, 2, { from: first.from, to: second.to, count: first.count + second.count });
    tap.dropped = dropped;
  }
  tap.countedAt = now;
};

/** `now` in the same unit and from the same zero as the times asked for. */
export const createTapWatch = (): TapWatch => {
  const taps: Tap[] = [];
  const tapAt = (index: number): Tap => {
    while (taps.length <= index) taps.push(newTap());
    return taps[index]!;
  };
  return {
    tell: (event, now) => {
      const tap = tapAt(event.tap);
      switch (event.kind) {
        case 'ready':
          tap.linkType = event.linkType;
          tap.readyAt = now;
          break;
        case 'counts':
          count(tap, event.counts.dropped, now);
          break;
        case 'ended':
          if (event.counts !== undefined) count(tap, event.counts.dropped, now);
          tap.endedAt = Math.min(tap.endedAt, now);
          tap.endedBecause = event.gap?.detail;
          break;
      }
    },
    linkType: (index) => {
      const tap = taps[index];
      return tap === undefined || tap.linkType < 0 ? undefined : tap.linkType;
    },
    doubt: (index, from, to) => {
      const tap = taps[index];
      if (tap === undefined || tap.linkType < 0) return 'was not watched';
      if (tap.readyAt > from) return 'was not watched yet';
      if (tap.endedAt - raggedEnd < to)
        return `was not watched any more${tap.endedBecause === undefined ? '' : ` (${tap.endedBecause})`}`;
      const missed = tap.losses.filter((loss) => loss.from <= to && loss.to >= from);
      const sum = missed.reduce((all, loss) => all + loss.count, 0);
      return sum === 0 ? undefined : `missed ${sum} packet${sum === 1 ? '' : 's'} itself at that time`;
    },
  };
};
