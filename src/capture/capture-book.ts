/** What is known of a running capture: each point's state, packets told, and what made an end of it. */
import type { CapturedPacket } from '../host/capture/capture-order.ts';
import type { CapturePoint } from './capture-point.ts';
import type { CaptureEnd, CaptureRefusal, CaptureState, PointState } from './capture-question.ts';

export interface CaptureBook {
  /** A new object for every change. */
  state(): CaptureState;
  change(point: number, changed: Partial<PointState>): void;
  count(packets: readonly CapturedPacket[]): void;
  /** The first reason stays; true when this is it. */
  end(why: CaptureEnd): boolean;
  /** Why nothing was begun: no point became ready. */
  refusal(): CaptureRefusal | undefined;
}

/** Limits that cut: what comes after is not of this capture any more. The others let in what was already on its way. */
export const cuts = (end: CaptureEnd | undefined): boolean =>
  end !== undefined && end.why !== 'asked' && end.why !== 'points' && end.why !== 'duration';

export const createCaptureBook = (
  points: readonly CapturePoint[],
  file: (() => NonNullable<CaptureState['file']>) | undefined,
): CaptureBook => {
  let states: readonly PointState[] = points.map((point) => ({ point, phase: 'starting', packets: 0 }));
  let told = 0;
  let end: CaptureEnd | undefined;
  return {
    state: () => ({
      points: states,
      packets: told,
      ...(file === undefined ? {} : { file: file() }),
      ...(end === undefined ? {} : { end }),
    }),
    change: (point, changed) => {
      states = states.map((one, n) => (n === point ? { ...one, ...changed } : one));
    },
    count: (packets) => {
      told += packets.length;
      const added = new Array<number>(points.length).fill(0);
      for (const { tap } of packets) added[tap]!++;
      states = states.map((one, n) => (added[n] === 0 ? one : { ...one, packets: one.packets + added[n]! }));
    },
    end: (why) => {
      const isFirst = end === undefined;
      end ??= why;
      return isFirst;
    },
    refusal: () => {
      const failures = states.map(({ reader, gap }) => (reader === undefined ? gap : undefined));
      const [failure] = failures;
      if (failure === undefined || failures.some((gap) => gap === undefined)) return undefined;
      const { source, detail, reason, howToSee } = failure;
      return { error: `${source}: ${detail}`, reason, ...(howToSee === undefined ? {} : { howToSee }) };
    },
  };
};
