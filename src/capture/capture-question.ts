/** What a person asks of a capture, what is told while it runs, and what it came to. */
import type { CapturedPacket, ClockDifference, TapCounts } from '../host/capture/capture-order.ts';
import type { Gap } from '../model/gap.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';
import type { SeenPoint } from './capture-point.ts';

export interface CaptureLimits {
  /** From when every point is ready. */
  readonly durationMs?: number;
  /** Packets of all points together. */
  readonly packets?: number;
  /** Bytes of the file. */
  readonly bytes?: number;
}

export interface CaptureQuestion {
  /** POINT words: `ENDPOINT`, `ENDPOINT/ifname`, a link's name on the host. */
  readonly points: readonly string[];
  /** Also every link that the path of this question crosses, in its order. */
  readonly path?: TraceQuestion;
  /** pcap-filter(7) words. */
  readonly filter?: string;
  /** Bytes kept of each packet; unless told whole packets in a file, their first 4,000 bytes elsewhere. */
  readonly snapLength?: number;
  readonly promiscuous?: boolean;
  readonly reader?: 'auto' | 'tcpdump' | 'dumpcap' | 'native';
  readonly limits?: CaptureLimits;
  /** A new file, or `-` for standard output. */
  readonly file?: string;
}

/** One point while the capture runs; `point` in events is its position among the points of the capture. */
export interface PointState {
  readonly point: SeenPoint;
  readonly phase: 'starting' | 'running' | 'ended';
  readonly reader?: 'tcpdump' | 'dumpcap' | 'native';
  /** LINKTYPE_ number. */
  readonly linkType?: number;
  /** Of a point on another machine, where it could be told. */
  readonly clock?: ClockDifference;
  /** Packets of it that were told. */
  readonly packets: number;
  /** The kernel's own count; absent until it was told. */
  readonly counts?: TapCounts;
  /** Why it ended although nobody had asked it to. */
  readonly gap?: Gap;
}

/** What made an end of it. `points`: every point had ended by itself; the file was read to its end (`detail`: and is damaged). */
export interface CaptureEnd {
  readonly why: 'asked' | 'duration' | 'packets' | 'size' | 'points' | 'disk-full' | 'reader-gone' | 'failed';
  readonly detail?: string;
}

/** A new object at every change. */
export interface CaptureState {
  readonly points: readonly PointState[];
  readonly packets: number;
  /** The file, its bytes so far; absent without one. */
  readonly file?: { readonly path: string; readonly bytes: number };
  readonly end?: CaptureEnd;
}

export type CaptureNews =
  /** Some state() changed other than by packets: ready, counts, ended. */
  | { readonly kind: 'state'; readonly state: CaptureState }
  /** In order of time over all points; `tap` is the position of the point. */
  | { readonly kind: 'packets'; readonly packets: readonly CapturedPacket[] };

export interface RunningCapture {
  /** Of a file: those met so far. */
  readonly points: readonly SeenPoint[];
  state(): CaptureState;
  /** Ends it in order: everything read is told and written first. Safe to call twice. */
  stop(): Promise<CaptureState>;
  /** Resolves when it has ended, for whatever reason, with the file closed. */
  readonly done: Promise<CaptureState>;
}

/** Nothing was begun. `reason` as in a gap; `usage`: the question itself is at fault. */
export interface CaptureRefusal {
  readonly error: string;
  readonly reason: Gap['reason'] | 'usage' | 'not-found' | 'read-only';
  readonly howToSee?: string;
}
