/** A capture from its first packet to its last: points of any hosts in one order of time, told, written, and ended by whatever limit comes first. */
import type { CaptureFile, WriteEnd } from '../host/capture/capture-file.ts';
import type { CapturedPacket, CaptureEvent, CaptureOrder, Capturing } from '../host/capture/capture-order.ts';
import type { Host } from '../host/host.ts';
import { fitPackets } from './capture-limits.ts';
import type { CapturePoint } from './capture-point.ts';
import type {
  CaptureEnd,
  CaptureLimits,
  CaptureNews,
  CaptureRefusal,
  CaptureState,
  PointState,
  RunningCapture,
} from './capture-question.ts';
import { createMerger } from './merge-in-time.ts';
import { createCaptureWriter, type WriterOptions } from './write-capture.ts';

export interface CaptureRun {
  /** All of one host. */
  readonly host: Host;
  readonly points: readonly CapturePoint[];
  readonly order: Omit<CaptureOrder, 'taps'>;
  readonly limits: CaptureLimits;
  readonly file?: CaptureFile;
  readonly section: WriterOptions['section'];
  /** A point whose counts were told is written down as often as this. */
  readonly statisticsMs?: number;
}

/** How often what waits for its turn is looked at. */
const tickMs = 40;
const statisticsMs = 5000;
/** Bytes that may wait for the disk before nothing more is read, and where reading goes on. */
const mostPending = 8 * 1024 * 1024;
const fewPending = 1024 * 1024;

/** Nanoseconds since 1970, to the millisecond. */
const wallClock = (): bigint => BigInt(Date.now()) * 1_000_000n;

export const runCapture = async (
  run: CaptureRun,
  listener: (news: CaptureNews) => void,
): Promise<RunningCapture | CaptureRefusal> => {
  const { host, points, order, limits, file } = run;
  const merger = createMerger(points.length);
  let states: readonly PointState[] = points.map((point) => ({ point, phase: 'starting', packets: 0 }));
  let told = 0;
  let end: CaptureEnd | undefined;
  let capturing: Capturing | undefined;
  let isPaused = false;
  let isLive = false;

  const writer =
    file === undefined
      ? undefined
      : createCaptureWriter({
          file,
          snapLength: order.snapLength,
          ...(order.filter === undefined ? {} : { filter: order.filter }),
          section: run.section,
          now: wallClock,
          wrote: (failed) => onWrote(failed),
        });
  const state = (): CaptureState => ({
    points: states,
    packets: told,
    ...(file === undefined ? {} : { file: { path: file.path, bytes: file.written() } }),
    ...(end === undefined ? {} : { end }),
  });
  const tellState = (): void => listener({ kind: 'state', state: state() });

  const finish = (why: CaptureEnd): void => {
    if (end !== undefined) return;
    end = why;
    void capturing?.stop();
  };
  const onWrote = (failed: WriteEnd | undefined): void => {
    if (failed !== undefined) {
      finish({ why: failed.why, ...('detail' in failed ? { detail: failed.detail } : {}) });
      return;
    }
    const pending = writer?.pending() ?? 0;
    if (isPaused && pending < fewPending) {
      isPaused = false;
      capturing?.resume();
    }
  };

  const tell = (taken: readonly CapturedPacket[]): void => {
    if (taken.length === 0 || isOver()) return;
    const { packets, limit } = fitPackets(taken, limits, told, writer?.bytes(), points.length);
    if (packets.length > 0) {
      countPackets(packets);
      writer?.packets(packets);
      listener({ kind: 'packets', packets });
      if (writer !== undefined && !isPaused && writer.pending() > mostPending) {
        isPaused = true;
        capturing?.pause();
      }
    }
    if (limit !== undefined) finish({ why: limit });
  };
  /** A limit was reached: what came after is not of this capture any more. */
  const isOver = (): boolean =>
    end !== undefined && end.why !== 'asked' && end.why !== 'points' && end.why !== 'duration';
  const countPackets = (packets: readonly CapturedPacket[]): void => {
    told += packets.length;
    const added = new Array<number>(points.length).fill(0);
    for (const { tap } of packets) added[tap]!++;
    states = states.map((one, n) => (added[n] === 0 ? one : { ...one, packets: one.packets + added[n]! }));
  };

  const change = (tap: number, changed: Partial<PointState>): void => {
    states = states.map((one, n) => (n === tap ? { ...one, ...changed } : one));
    if (isLive) tellState();
  };
  const onEvent = (event: CaptureEvent): void => {
    switch (event.kind) {
      case 'ready':
        change(event.tap, { phase: 'running', reader: event.reader, linkType: event.linkType });
        return;
      case 'packets':
        merger.add(event.packets, performance.now());
        if (isLive) tell(merger.take(performance.now()));
        return;
      case 'counts':
        change(event.tap, { counts: event.counts });
        return;
      case 'ended': {
        const { kind: _, tap, ...rest } = event;
        merger.end(tap);
        change(tap, { phase: 'ended', ...rest });
      }
    }
  };

  const answer = await host.capture?.({ ...order, taps: points.map(({ tap }) => tap) }, onEvent);
  if (answer === undefined || 'error' in answer) {
    await file?.discard();
    return {
      error: answer?.error ?? `nothing can be captured on ${host.id}: it is no live host`,
      reason: 'unsupported',
    };
  }
  capturing = answer;
  const failures = states.map(({ reader, gap }) => (reader === undefined ? gap : undefined));
  const [failure] = failures;
  if (failure !== undefined && failures.every((gap) => gap !== undefined)) {
    await file?.discard();
    return {
      error: `${failure.source}: ${failure.detail}`,
      reason: failure.reason,
      ...(failure.howToSee === undefined ? {} : { howToSee: failure.howToSee }),
    };
  }
  writer?.begin(states);
  isLive = true;
  tellState();
  const timers = [
    setInterval(() => tell(merger.take(performance.now())), tickMs),
    setInterval(() => writer?.statistics(states), run.statisticsMs ?? statisticsMs),
    ...(limits.durationMs === undefined ? [] : [setTimeout(() => finish({ why: 'duration' }), limits.durationMs)]),
  ];
  const done = capturing.done.then(async () => {
    for (const timer of timers) clearTimeout(timer);
    tell(merger.takeAll());
    await writer?.end(states);
    end ??= { why: 'points' };
    tellState();
    return state();
  });
  return {
    points,
    state,
    done,
    stop: () => {
      finish({ why: 'asked' });
      return done;
    },
  };
};
