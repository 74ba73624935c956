/** What the child is told to do: the order, with the doors that lead into each netns and the programs to use. */
import type { NetnsId } from '../../model/ids.ts';
import type { ProbePacket, ProbeRecord } from './live-order.ts';

export interface ChildPlace {
  readonly netns: NetnsId;
  readonly inode: number;
  /** Files that lead there, best first. */
  readonly doors: readonly string[];
  /** Read the counters of legacy rules before and after. */
  readonly legacy: boolean;
  readonly bridge: boolean;
}

export interface ChildOrder {
  readonly from: NetnsId;
  readonly packet: ProbePacket;
  readonly places: readonly ChildPlace[];
  readonly proxied: boolean;
  readonly timeoutMs: number;
  /** Absent: not installed. */
  readonly nft?: string;
  readonly legacySave?: readonly string[];
}

/** One line of JSON each, from the child. */
export type ChildMessage =
  | { readonly say: 'progress'; readonly text: string }
  | { readonly say: 'done'; readonly record: ProbeRecord }
  | { readonly say: 'failed'; readonly why: string };
