/** Whether a packet is still on its way, has arrived, or is lost, and how far that can be told. */
import { explainLoss, type LossContext } from './explain-loss.ts';
import type { Stop } from './path-model.ts';
import { firstSeen, lastSeen, type Row } from './row.ts';
import type { RowState } from './sighting.ts';
import type { TapWatch } from './tap-watch.ts';

export interface Judge extends LossContext {
  readonly taps: TapWatch;
}

interface Expected {
  readonly point: number;
  readonly stop?: Stop;
}

/** Where packets of this kind go: by the model, else as others of the same connection went. */
const wayOf = (row: Row): readonly Expected[] => {
  if (row.path !== undefined) return row.path.stops.map((stop) => ({ point: stop.point, stop }));
  return row.flow.flow.sides[row.flow.side].path.map((point) => ({ point }));
};

/** Position on the way of the last point at which all of it was seen, and of the last at which any of it was. -1: nowhere. */
const progress = (row: Row, way: readonly Expected[]): { readonly whole: number; readonly any: number } => {
  let any = -1;
  let whole = -1;
  for (const seen of row.seen) {
    const at = way.findIndex(({ point }, n) => n > any && point === seen.point);
    if (at < 0) continue;
    any = at;
    if (seen.covered >= row.span) whole = at;
  }
  return { whole, any };
};

/** How far time has come, nanoseconds a packet may stay away, and whether nothing more will come. */
export interface Moment {
  readonly now: number;
  readonly patience: number;
  readonly isEnd: boolean;
}

export const decideState = (row: Row, { now, patience, isEnd }: Moment, judge: Judge): RowState => {
  const way = wayOf(row);
  const { whole, any } = progress(row, way);
  if (any < 0 || way.length < 2) return { kind: 'seen' };
  if (whole === way.length - 1) return { kind: 'arrived' };
  const since = lastSeen(row).time;
  const last = way[Math.max(0, whole)]!;
  if (now - since < patience)
    return isEnd
      ? { kind: 'unknown', after: last.point, why: 'the capture ended right after it' }
      : { kind: 'travelling' };
  const doubts: string[] = [];
  for (const next of way.slice(Math.max(0, whole) + 1)) {
    const doubt = judge.taps.doubt(next.point, firstSeen(row).time, since + patience);
    if (doubt === undefined) {
      const stretch = {
        after: last.point,
        before: next.point,
        ...(last.stop !== undefined && { from: last.stop }),
        ...(next.stop !== undefined && { to: next.stop }),
      };
      return { kind: 'lost', loss: explainLoss(row, stretch, judge) };
    }
    doubts.push(`${judge.points()[next.point]?.name ?? `point ${next.point}`} ${doubt}`);
  }
  return { kind: 'unknown', after: last.point, why: doubts.join('; ') };
};
