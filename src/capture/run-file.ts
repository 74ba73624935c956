/** A capture that was made before, told as a running one is: points, packets, its end. */
import type { FilePieces } from '../host/capture/open-pieces.ts';
import type { SeenPoint } from './capture-point.ts';
import type { CaptureNews, CaptureState, PointState, RunningCapture } from './capture-question.ts';
import { createFileParser, type FileInterface } from './pcapng/file-parser.ts';

export interface FileRun {
  readonly path: string;
  readonly pieces: FilePieces;
  /** What there is now that goes by this name. */
  findLink(name: string): SeenPoint['link'];
}

/** Names of a file are whatever its writer put there: the same one twice is told apart. */
const namePoint = (one: FileInterface, n: number, taken: ReadonlySet<string>): string => {
  const name = one.name || one.description || `interface ${n}`;
  return taken.has(name) ? `${name}~${n}` : name;
};

const makePoint = (run: FileRun, one: FileInterface, n: number, taken: ReadonlySet<string>): SeenPoint => {
  const link = one.name === undefined ? undefined : run.findLink(one.name);
  return {
    name: namePoint(one, n, taken),
    comment: one.comment ?? one.description ?? '',
    ...(link === undefined ? {} : { link }),
  };
};

/** Reads on only when the listener has had its piece: a file of any size takes the memory of one. */
export const runFile = (run: FileRun, listener: (news: CaptureNews) => void): RunningCapture => {
  const parser = createFileParser();
  const counted: number[] = [];
  let states: readonly PointState[] = [];
  let told = 0;
  let bytes = 0;
  let isStopped = false;
  let end: CaptureState['end'];

  const state = (): CaptureState => ({
    points: states,
    packets: told,
    file: { path: run.path, bytes },
    ...(end === undefined ? {} : { end }),
  });
  const learn = (): void => {
    const interfaces = parser.interfaces();
    const isNew = interfaces.length !== states.length;
    const taken = new Set<string>();
    states = interfaces.map((one, n) => {
      const point = states[n]?.point ?? makePoint(run, one, n, taken);
      taken.add(point.name);
      return {
        point,
        phase: end === undefined ? 'running' : 'ended',
        linkType: one.linkType,
        packets: counted[n] ?? 0,
        ...(one.counts === undefined ? {} : { counts: one.counts }),
      };
    });
    if (isNew) listener({ kind: 'state', state: state() });
  };
  const problem = (): string | undefined => {
    const broken = parser.broken();
    if (broken !== undefined) return `it cannot be read further: ${broken}`;
    return parser.rest() > 0 && !isStopped ? 'it ends in the middle of a packet' : undefined;
  };

  const read = async (): Promise<CaptureState> => {
    while (!isStopped && parser.broken() === undefined) {
      const piece = await run.pieces.next();
      if (piece === undefined) break;
      bytes += piece.length;
      const packets = parser.push(piece);
      for (const { tap } of packets) counted[tap] = (counted[tap] ?? 0) + 1;
      told += packets.length;
      learn();
      if (packets.length > 0) listener({ kind: 'packets', packets });
    }
    await run.pieces.close();
    const detail = problem();
    end = { why: isStopped ? 'asked' : 'points', ...(detail === undefined ? {} : { detail }) };
    learn();
    listener({ kind: 'state', state: state() });
    return state();
  };

  // After whoever asked has the answer in hand.
  const done = Promise.resolve().then(read);
  return {
    get points() {
      return states.map(({ point }) => point);
    },
    state,
    done,
    stop: () => {
      isStopped = true;
      return done;
    },
  };
};
