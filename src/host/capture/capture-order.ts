/** What a host is asked to do for one capture, and what it tells while it runs: bare frames, decoded and joined to the graph elsewhere. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';

/** One link on which packets are copied. */
export interface CaptureTap {
  readonly netns: NetnsId;
  readonly ifindex: number;
  readonly ifname: string;
}

export interface CaptureOrder {
  /** Events name a tap by its position here. */
  readonly taps: readonly CaptureTap[];
  /** In pcap-filter(7) words; what the reader at hand cannot do is refused before anything starts. */
  readonly filter?: string;
  /** Bytes kept of each packet. */
  readonly snapLength: number;
  readonly promiscuous: boolean;
  /** `auto`: tcpdump or dumpcap where there is one, the kernel's packet socket otherwise. */
  readonly reader?: 'auto' | 'tcpdump' | 'dumpcap' | 'native';
}

/** One packet as one tap saw it. */
export interface CapturedPacket {
  readonly tap: number;
  /** Nanoseconds since 1970, the kernel's own stamp. */
  readonly at: bigint;
  /** Bytes on the link; `bytes` may hold fewer. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** As the packet socket tells it; absent where the reader does not. */
  readonly direction?: 'in' | 'out';
}

export interface TapCounts {
  /** Packets the kernel passed to this tap after the filter. */
  readonly received: number;
  /** Of these, lost because nobody read fast enough. */
  readonly dropped: number;
}

/** Another machine's clock beside ours, as it was when its capture began. */
export interface ClockDifference {
  /** Negative: behind. */
  readonly aheadMs: number;
  /** Give or take so much. */
  readonly withinMs: number;
  /** That they differ is certain, so times of packets were moved to our clock. */
  readonly moved: boolean;
}

export type CaptureEvent =
  /** From now on every packet there is seen. `linkType` is a LINKTYPE_ number: 1 Ethernet, 101 raw IP. */
  | {
      readonly kind: 'ready';
      readonly tap: number;
      readonly linkType: number;
      readonly reader: 'tcpdump' | 'dumpcap' | 'native';
      /** Of another machine's taps, where it could be told. */
      readonly clock?: ClockDifference;
    }
  /** Many at once, in the order of their tap. */
  | { readonly kind: 'packets'; readonly packets: readonly CapturedPacket[] }
  | { readonly kind: 'counts'; readonly tap: number; readonly counts: TapCounts }
  /** No more comes from this tap: it was stopped, its link or netns went, its reader died. `gap` unless it was stopped. */
  | { readonly kind: 'ended'; readonly tap: number; readonly counts?: TapCounts; readonly gap?: Gap };

/** Nothing was begun; `reason` where it is known. */
export interface CaptureRefused {
  readonly error: string;
  readonly reason?: Gap['reason'];
}

export interface Capturing {
  /** Resolves when every tap has ended, all its packets and counts told. */
  readonly done: Promise<void>;
  /** Ends all taps; what was read is told first. Safe to call twice. */
  stop(): Promise<void>;
  /** Reads no further for now: the kernel keeps what fits into its buffers, and drops and counts the rest. */
  pause(): void;
  resume(): void;
}
