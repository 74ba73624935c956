/** A packet on its way: where it is, what it looks like, what the netns it passed remember of it, and the steps so far. */

import type { LinkNode } from '../graph/graph.ts';
import type { ContainerId, LinkId, NetnsId } from '../model/ids.ts';
import type { Packet } from '../model/packet.ts';
import type { Tracking } from './conntrack/connections.ts';
import type { Outcome, Step } from './trace.ts';
import type { Tunnel } from './tunnels/tunnel.ts';

/** Steps as a list that only grows at its end: branches share their beginnings. */
export interface Journal {
  readonly before: Journal | undefined;
  readonly netns: NetnsId;
  readonly container?: ContainerId;
  readonly at: string;
  readonly step: Step;
}

/** What an outer packet of a tunnel carries, and what of its flight goes on where it is taken out. */
export interface Inside extends Pick<Flight, 'packet' | 'vlan' | 'direction' | 'seen' | 'sent' | 'inside'> {
  /** The tunnel it was put into, with the key it was sent with. */
  readonly tunnel: Tunnel;
  /** Only whether it gets to the other end is asked: what comes out there goes nowhere. */
  readonly asked?: true;
}

export interface Flight {
  readonly direction: 'request' | 'reply';
  readonly packet: Packet;
  /** The first packet as its maker sent it: what the answer must be the answer to. */
  readonly sent?: Packet;
  readonly netns: NetnsId;
  readonly tracking: Tracking;
  readonly journal: Journal | undefined;
  /** Made in the netns where it is now, and has not left it: it still has its socket. */
  readonly local: boolean;
  /** VLAN tag of the frame; 0: none. */
  readonly vlan: number;
  /**
   * br_netfilter has seen the frame on this bridge port: PREROUTING has run, physdev stays known (nf_bridge_info).
   */
  readonly bridgePort?: LinkNode;
  /** Who asked for a neighbour told its own address by asking (arp_process, ndisc_recv_ns): the answer needs no question. */
  readonly learnt: readonly { readonly link: LinkId; readonly address: string; readonly mac: string }[];
  /** Places and shapes it had when it was forwarded: the same twice is a loop. */
  readonly seen: readonly string[];
  /** Links crossed so far; a bound against the unforeseen. */
  readonly crossings: number;
  /** The packet is the outer one of a tunnel: what it carries. */
  readonly inside?: Inside;
  /** IPsec of this netns has taken it out of ESP: rules there may ask for that (secpath). */
  readonly decryptedIn?: NetnsId;
  /** IPVS of this netns has chosen where it goes: rules there may ask for that (ipvs_property). */
  readonly balancedIn?: NetnsId;
  /** A branch of a doubt: how often the way split. */
  readonly splits: number;
}

export interface Arrival {
  readonly flight: Flight;
  readonly outcome: Outcome;
  /** The step that decided is the journal's last, unless it was delivered. */
  readonly listener?: {
    readonly netns: NetnsId;
    readonly text: string;
    /** Bound to no address of its own. */
    readonly wildcard: boolean;
    readonly proxy?: ProxyTarget;
  };
  /** It left on this link for where we cannot see. */
  readonly leftBy?: LinkId;
  /** Outcome unknown: what it depends on. */
  readonly dependsOn?: string;
}

/** Where a userland proxy connects to. */
export interface ProxyTarget {
  readonly address: string;
  readonly port: number;
  /** Where its answers to datagrams come from: the address that was asked, or the one its route gives. Absent: not known. */
  readonly answersFrom?: 'asked' | 'route';
}

/** What a stage answers: the end, more to do, or several ways nobody can choose between. */
export type Next =
  | { readonly kind: 'end'; readonly arrival: Arrival }
  | { readonly kind: 'go'; readonly run: () => Next }
  | { readonly kind: 'split'; readonly why: string; readonly ways: readonly (() => Next)[] };

export const go = (run: () => Next): Next => ({ kind: 'go', run });
