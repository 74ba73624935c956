/** A capture from its first packet to its last: its points in one order of time, told, written, and ended by whatever limit comes first. */
import type { CaptureFile, WriteEnd } from '../host/capture/capture-file.ts';
import type { CapturedPacket, CaptureEvent, CaptureOrder, Capturing } from '../host/capture/capture-order.ts';
import type { Host } from '../host/host.ts';
import { type CaptureBook, createCaptureBook, cuts } from './capture-book.ts';
import { captureOnHosts } from './capture-on-hosts.ts';
import type { CapturePoint } from './capture-point.ts';
import type { CaptureEnd, CaptureLimits, CaptureNews, CaptureRefusal, RunningCapture } from './capture-question.ts';
import { type CaptureWriter, createCaptureWriter, type WriterOptions } from './capture-writer.ts';
import { createMerger, type Merger, mergeLimits, mergeLimitsOfLines } from './create-merger.ts';
import { fitPackets } from './fit-packets.ts';

export interface CaptureRun {
  /** Those that have the points, and others. */
  readonly hosts: readonly Host[];
  readonly points: readonly CapturePoint[];
  readonly order: Omit<CaptureOrder, 'taps'>;
  readonly limits: CaptureLimits;
  readonly file?: CaptureFile;
  readonly section: WriterOptions['section'];
}

type Tell = (news: CaptureNews) => void;

/** How often packets that wait for their turn are looked at. */
const tickMs = 40;
/** How often the kernel's counts are written down, for a file that comes to no end of its own. */
const statisticsMs = 5000;
/** Bytes that may wait for the disk before nothing more is read, and where reading goes on. */
const mostPending = 8 * 1024 * 1024;
const fewPending = 1024 * 1024;

/** Nanoseconds since 1970, to the millisecond. */
const wallClock = (): bigint => BigInt(Date.now()) * 1_000_000n;

interface Machine {
  readonly run: CaptureRun;
  readonly book: CaptureBook;
  readonly merger: Merger;
  readonly tell: Tell;
  writer: CaptureWriter | undefined;
  capturing: Capturing | undefined;
  /** Events before every point is ready are kept back: the file's interfaces must stand before its packets. */
  isLive: boolean;
  isPaused: boolean;
}

const tellState = ({ tell, book }: Machine): void => tell({ kind: 'state', state: book.state() });

const finish = (machine: Machine, why: CaptureEnd): void => {
  if (machine.book.end(why)) void machine.capturing?.stop();
};

const onWrote = (machine: Machine, failed: WriteEnd | undefined): void => {
  if (failed !== undefined) finish(machine, failed);
  else if (machine.isPaused && (machine.writer?.pending() ?? 0) < fewPending) {
    machine.isPaused = false;
    machine.capturing?.resume();
  }
};

/** Tells and writes what has its place in time now, as far as the limits allow. */
const tellPackets = (machine: Machine, taken: readonly CapturedPacket[]): void => {
  const { run, book, writer, tell } = machine;
  const { packets: told, end } = book.state();
  if (taken.length === 0 || cuts(end)) return;
  const { packets, limit } = fitPackets(taken, run.limits, told, writer?.bytes(), run.points.length);
  if (packets.length > 0) {
    book.count(packets);
    writer?.packets(packets);
    tell({ kind: 'packets', packets });
  }
  if (writer !== undefined && !machine.isPaused && writer.pending() > mostPending) {
    machine.isPaused = true;
    machine.capturing?.pause();
  }
  if (limit !== undefined) finish(machine, { why: limit });
};

const hear = (machine: Machine, event: CaptureEvent): void => {
  const { book, merger } = machine;
  switch (event.kind) {
    case 'packets':
      merger.add(event.packets, performance.now());
      if (machine.isLive) tellPackets(machine, merger.take(performance.now()));
      return;
    case 'ready': {
      const { kind: _, tap, ...rest } = event;
      book.change(tap, { phase: 'running', ...rest });
      break;
    }
    case 'counts':
      book.change(event.tap, { counts: event.counts });
      break;
    case 'ended': {
      const { kind: _, tap, ...rest } = event;
      merger.end(tap);
      book.change(tap, { phase: 'ended', ...rest });
      break;
    }
  }
  if (machine.isLive) tellState(machine);
};

const makeWriter = (machine: Machine, file: CaptureFile): CaptureWriter => {
  const { order, section } = machine.run;
  return createCaptureWriter({
    file,
    snapLength: order.snapLength,
    ...(order.filter === undefined ? {} : { filter: order.filter }),
    section,
    now: wallClock,
    wrote: (failed) => onWrote(machine, failed),
  });
};

const begin = (machine: Machine, capturing: Capturing): RunningCapture => {
  const { run, book, merger, writer } = machine;
  machine.capturing = capturing;
  writer?.begin(book.state().points);
  machine.isLive = true;
  tellState(machine);
  const { durationMs } = run.limits;
  const timers = [
    setInterval(() => tellPackets(machine, merger.take(performance.now())), tickMs),
    setInterval(() => writer?.statistics(book.state().points), statisticsMs),
    ...(durationMs === undefined ? [] : [setTimeout(() => finish(machine, { why: 'duration' }), durationMs)]),
  ];
  const done = capturing.done.then(async () => {
    for (const timer of timers) clearTimeout(timer);
    tellPackets(machine, merger.takeAll());
    await writer?.end(book.state().points);
    book.end({ why: 'points' });
    tellState(machine);
    return book.state();
  });
  return {
    points: run.points,
    state: book.state,
    done,
    stop: () => {
      finish(machine, { why: 'asked' });
      return done;
    },
  };
};

export const runCapture = async (run: CaptureRun, tell: Tell): Promise<RunningCapture | CaptureRefusal> => {
  const { hosts, points, order, file } = run;
  const book = createCaptureBook(
    points,
    file === undefined ? undefined : () => ({ path: file.path, bytes: file.written() }),
  );
  const machine: Machine = {
    run,
    book,
    merger: createMerger(
      points.length,
      new Set(points.map(({ host }) => host)).size > 1 ? mergeLimitsOfLines : mergeLimits,
    ),
    tell,
    writer: undefined,
    capturing: undefined,
    isLive: false,
    isPaused: false,
  };
  if (file !== undefined) machine.writer = makeWriter(machine, file);
  const answer = await captureOnHosts(hosts, points, order, (event) => hear(machine, event));
  const refusal: CaptureRefusal | undefined =
    'error' in answer ? { error: answer.error, reason: answer.reason ?? 'invalid' } : book.refusal();
  if (refusal !== undefined || 'error' in answer) {
    await file?.discard();
    return refusal ?? { error: 'nothing was begun', reason: 'invalid' };
  }
  return begin(machine, answer);
};
