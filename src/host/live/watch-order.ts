/** What a host is asked to watch, and what it tells meanwhile: bare facts, grouped and joined to the graph elsewhere. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { GrownCounter, RuleEvent, SeenPacket, WatchedNetns } from './live-order.ts';

/** One way a packet of the flow may look; absent: anything. Answers are its mirror image. */
export interface FlowTuple {
  readonly family: 4 | 6;
  /** IP protocol number. */
  readonly proto?: number;
  readonly src?: string;
  readonly dst?: string;
  readonly sport?: number;
  readonly dport?: number;
}

export interface FlowOrder {
  /** As it looks before and after each translation. */
  readonly tuples: readonly FlowTuple[];
  /** Addresses that are asked for by ARP or neighbour discovery on its way. */
  readonly neighbours: readonly string[];
}

export interface WatchOrder {
  /** Absent: what the kernel drops, of everybody; no rules are traced. */
  readonly flow?: FlowOrder;
  /** Namespaces of the predicted path: rules are traced and connections followed in these and nowhere else. */
  readonly watch: readonly WatchedNetns[];
  readonly durationMs: number;
  /** More than so many events of a kind in one second are counted, not told. */
  readonly eventsPerSecond: number;
}

/** A packet the kernel dropped, by its own account (skb:kfree_skb). */
export interface DropEvent {
  /** Name of its enum skb_drop_reason, or the number of one that has none; absent before Linux 5.17. */
  readonly reason?: string;
  /** The function that dropped it; an address where the kernel hides names. */
  readonly location: string;
  /** Inode of the netns it was in; absent: it was on no link and in no socket. */
  readonly inode?: number;
  /** The link it was on: where it came in, or was about to leave. */
  readonly ifindex?: number;
  readonly ifname?: string;
  /** The link it came in by; absent: made here. */
  readonly iif?: number;
  /** EtherType. */
  readonly protocol: number;
  /** Bytes. */
  readonly length: number;
  readonly packet?: SeenPacket;
  /** The packet an ICMP error is about. */
  readonly about?: SeenPacket;
  /** ARP: who asks for whom. */
  readonly arp?: { readonly asks: string; readonly target: string };
  /** So many alike. */
  readonly count: number;
}

/** A connection as conntrack has it, in one netns. */
export interface ConnectionEvent {
  readonly netns: NetnsId;
  readonly what: 'new' | 'update' | 'destroy';
  readonly original: FlowTuple;
  /** What an answer looks like when it arrives. */
  readonly reply: FlowTuple;
  /** SYN_SENT, ESTABLISHED, … */
  readonly tcpState?: string;
  /** An answer was seen. */
  readonly replied: boolean;
  readonly assured: boolean;
}

/** Packets a full conntrack table made the kernel drop. */
export interface TrackingLoss {
  readonly netns: NetnsId;
  readonly packets: number;
  readonly count?: number;
  readonly max?: number;
}

/** Counted, not told: more than the limit allowed, or no loss at all (flooded copies, sockets that close). */
export interface LeftOut {
  readonly rules: number;
  readonly drops: number;
  readonly connections: number;
  readonly noise: number;
}

/** What runs for us from now on. */
export interface ArmedWatch {
  readonly traced: readonly NetnsId[];
  readonly connections: readonly NetnsId[];
  /** `packets`: with headers and netns; `counts`: reason and place alone. */
  readonly drops: 'packets' | 'counts' | 'none';
  readonly gaps: readonly Gap[];
}

export interface WatchBatch {
  /** Milliseconds since 1970 when they were read; they happened within the tick before. */
  readonly at: number;
  readonly rules: readonly RuleEvent[];
  readonly drops: readonly DropEvent[];
  readonly connections: readonly ConnectionEvent[];
  readonly tracking: readonly TrackingLoss[];
  /** Legacy rules that counted something since the last look. */
  readonly grown: readonly GrownCounter[];
  /** `NETNS FAMILY TABLE CHAIN` → handles of its rules, for chains told for the first time. */
  readonly handles: Readonly<Record<string, readonly number[]>>;
  /** Since the watch began. */
  readonly leftOut: LeftOut;
}

export type WatchEvent =
  | { readonly kind: 'armed'; readonly armed: ArmedWatch }
  | { readonly kind: 'batch'; readonly batch: WatchBatch }
  | { readonly kind: 'gap'; readonly gap: Gap };

export interface RunningWatch {
  /** Resolves when everything that was added is gone again; with an error when it could not be armed or broke off. */
  readonly done: Promise<{ readonly error?: string }>;
  /** Disarms. Safe to call twice. */
  stop(): Promise<void>;
}
