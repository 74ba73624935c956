/** What a host is asked to do for one live proof, and what it saw: bare facts, joined to the graph elsewhere. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';

/** One packet to send, from inside a netns; nothing of it goes out anywhere else. */
export interface ProbePacket {
  readonly family: 4 | 6;
  readonly proto: 'tcp' | 'udp' | 'icmp' | 'icmpv6';
  readonly dst: string;
  readonly dport?: number;
  /** Only when the question named it; else the kernel chooses. */
  readonly src?: string;
}

export interface WatchedNetns {
  readonly netns: NetnsId;
  /** It has legacy tables, whose rules no trace shows. */
  readonly legacy: boolean;
  /** It has nft tables of the bridge family: frames are traced there too. */
  readonly bridge: boolean;
}

export interface ProbeOrder {
  readonly from: NetnsId;
  readonly packet: ProbePacket;
  /** Namespaces of the predicted path, there and back: rules are traced in these and nowhere else. */
  readonly watch: readonly WatchedNetns[];
  /** A userland proxy is on the way: it takes every connection, and lets go of those it cannot serve. */
  readonly proxied: boolean;
  /** An answer that has not come by then is not waited for. */
  readonly timeoutMs: number;
}

/** Headers as the kernel's trace shows them. */
export interface SeenPacket {
  readonly family: 4 | 6;
  readonly src: string;
  readonly dst: string;
  readonly proto: number;
  readonly ttl: number;
  readonly sport?: number;
  readonly dport?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** TCP flags byte. */
  readonly flags?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
  /** The same for one packet wherever it is seen, also after a translation; another one has another, as far as headers tell. */
  readonly fingerprint?: string;
}

export type RuleVerdict =
  | 'accept'
  | 'drop'
  | 'stolen'
  | 'queue'
  | 'continue'
  | 'break'
  | 'jump'
  | 'goto'
  | 'return'
  | 'other';

/** One message of NFNLGRP_NFTRACE. */
export interface RuleEvent {
  readonly netns: NetnsId;
  /** Changes between hooks, and repeats: joins messages of one base chain only. */
  readonly id: number;
  readonly family: 'ip' | 'ip6' | 'inet' | 'bridge' | 'netdev' | 'arp';
  readonly table: string;
  readonly chain: string;
  readonly type: 'rule' | 'return' | 'policy';
  readonly handle?: number;
  readonly verdict: RuleVerdict;
  /** Of a jump or goto. */
  readonly target?: string;
  /** In the first message of each base chain only. */
  readonly packet?: SeenPacket;
  readonly iif?: number;
  readonly oif?: number;
  readonly mark?: number;
}

/** What tracefs told about frames handled in the probe's own context. */
export type KernelEvent =
  | { readonly kind: 'drop'; readonly skb: string; readonly reason: string; readonly location: string }
  | { readonly kind: 'out' | 'in'; readonly skb: string; readonly ifname: string; readonly length: number };

/** What a router or the target answered, from the socket's error queue. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  readonly from: string;
}

/** How the probe's socket ended. `errno` by its name: ECONNREFUSED. */
export type ProbeEnd =
  | { readonly end: 'connected' | 'answered' | 'silent' }
  | { readonly end: 'refused'; readonly errno: string; readonly icmp?: IcmpError }
  /** Answered at first, then the other side let go at once: what a userland proxy does whose own connection fails. */
  | { readonly end: 'closed' };

/** A legacy rule or policy (index 0) whose packet counter rose while the probe was under way. */
export interface GrownCounter {
  readonly netns: NetnsId;
  readonly family: 4 | 6;
  readonly table: string;
  readonly chain: string;
  readonly index: number;
  readonly packets: number;
}

export interface ProbeRecord {
  readonly sport?: number;
  readonly icmpId?: number;
  readonly end: ProbeEnd;
  /** From sending to the end. */
  readonly tookMs: number;
  /** In the order of each netns; across netns no order is told. */
  readonly events: readonly RuleEvent[];
  /** Namespaces whose rules really were traced. */
  readonly traced: readonly NetnsId[];
  /** `NETNS FAMILY TABLE CHAIN` → handles of its rules in order, for the chains that occur in events. */
  readonly handles: Readonly<Record<string, readonly number[]>>;
  /** undefined: the kernel's account of drops could not be had. */
  readonly kernel?: readonly KernelEvent[];
  readonly grown: readonly GrownCounter[];
  readonly gaps: readonly Gap[];
}

/** Name of every table of ours; the number is the pid of who made it. */
export const tablePrefix = 'vethscope_live_';
/** Name of every tracing instance of ours. */
export const instancePrefix = 'vethscope-';
