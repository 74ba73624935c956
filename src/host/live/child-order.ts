/** What the child is told to do: the order, with the doors that lead into each netns and the programs to use. */
import type { NetnsId } from '../../model/ids.ts';
import type { ProbePacket, ProbeRecord } from './live-order.ts';
import type { FlowOrder, WatchEvent } from './watch-order.ts';

export interface ChildPlace {
  readonly netns: NetnsId;
  readonly inode: number;
  /** Files that lead there, best first. */
  readonly doors: readonly string[];
  /** Read the counters of legacy rules before and after. */
  readonly legacy: boolean;
  readonly bridge: boolean;
}

/** Programs of this machine. */
export interface ChildTools {
  /** Absent: not installed. */
  readonly nft?: string;
  readonly legacySave?: readonly string[];
}

export interface ProofTask extends ChildTools {
  readonly task: 'proof';
  readonly from: NetnsId;
  readonly packet: ProbePacket;
  readonly places: readonly ChildPlace[];
  readonly proxied: boolean;
  readonly timeoutMs: number;
}

export interface WatchTask extends ChildTools {
  readonly task: 'watch';
  readonly flow?: FlowOrder;
  readonly family: 4 | 6;
  readonly places: readonly ChildPlace[];
  readonly durationMs: number;
  readonly eventsPerSecond: number;
}

export type ChildOrder = ProofTask | WatchTask;

/** One line of JSON each, from the child. */
export type ChildMessage =
  | { readonly say: 'progress'; readonly text: string }
  | { readonly say: 'done'; readonly record: ProbeRecord }
  | { readonly say: 'watch'; readonly event: WatchEvent }
  /** Disarmed, everything told. */
  | { readonly say: 'over' }
  | { readonly say: 'failed'; readonly why: string };
