/** What the netns on the way remember of the connection: conntrack entries, made by the first packet and used by its reply. */
import type { NetnsId } from '../../model/ids.ts';
import type { Connection, CtState, Packet, Tuple } from '../../model/packet.ts';
import type { CtStatus, CtView } from '../../netfilter/context.ts';

export interface Entry extends Connection {
  readonly number: number;
  readonly netns: NetnsId;
  readonly family: 4 | 6;
  /** The mapping of this end is settled, changed or not (IPS_DST_NAT_DONE, IPS_SRC_NAT_DONE): rules are not asked again. */
  readonly dstDone: boolean;
  readonly srcDone: boolean;
  readonly dnat: boolean;
  readonly snat: boolean;
  readonly seenReply: boolean;
}

export interface Tracking {
  readonly entries: readonly Entry[];
  /** The entry the packet belongs to where it is now (skb->_nfct). */
  readonly current?: { readonly number: number; readonly direction: 'original' | 'reply' };
  /** A rule said notrack. */
  readonly untracked: boolean;
}

export const emptyTracking: Tracking = { entries: [], untracked: false };

export const tupleOf = (packet: Packet): Tuple => ({
  src: packet.src,
  dst: packet.dst,
  proto: packet.proto,
  ...(packet.sport !== undefined && { sport: packet.sport }),
  ...(packet.dport !== undefined && { dport: packet.dport }),
});

export const invert = (tuple: Tuple): Tuple => ({
  src: tuple.dst,
  dst: tuple.src,
  proto: tuple.proto,
  ...(tuple.dport !== undefined && { sport: tuple.dport }),
  ...(tuple.sport !== undefined && { dport: tuple.sport }),
});

const sameTuple = (a: Tuple, b: Tuple): boolean =>
  a.src === b.src && a.dst === b.dst && a.proto === b.proto && a.sport === b.sport && a.dport === b.dport;

export const currentEntry = (tracking: Tracking): Entry | undefined =>
  tracking.current && tracking.entries.find((entry) => entry.number === tracking.current!.number);

export const replaceEntry = (tracking: Tracking, entry: Entry): Tracking => ({
  ...tracking,
  entries: tracking.entries.map((other) => (other.number === entry.number ? entry : other)),
});

const newEntry = (tracking: Tracking, netns: NetnsId, packet: Packet): Entry => {
  const original = tupleOf(packet);
  return {
    number: tracking.entries.length,
    netns,
    family: packet.family,
    original,
    reply: invert(original),
    mark: 0,
    dstDone: false,
    srcDone: false,
    dnat: false,
    snat: false,
    seenReply: false,
  };
};

/**
 * Can the packet be the first that conntrack sees? Answers to what it has not seen are INVALID, which NAT leaves alone
 * (nf_conntrack_icmp_packet, icmpv6's twin: valid_new; tcp_new: SYN and ACK). What comes in the middle of a connection is picked up
 * (nf_conntrack_tcp_loose).
 */
const startsConnection = ({ proto, icmpType, tcpFlags = [] }: Packet): boolean => {
  if (proto === 'icmp') return icmpType === undefined || [8, 13, 15, 17].includes(icmpType);
  if (proto === 'icmpv6') return icmpType === undefined || icmpType === 128;
  return proto !== 'tcp' || !(tcpFlags.includes('SYN') && tcpFlags.includes('ACK'));
};

/** An ACK behind a SYN whose answer went another way is INVALID (tcp_conntracks: sSS, ack). */
const confirmsUnseen = ({ seenReply }: Entry, { proto, tcpFlags = [] }: Packet): boolean =>
  proto === 'tcp' && !seenReply && tcpFlags.includes('ACK');

/**
 * nf_conntrack_in: the packet finds its entry, or makes one. A packet that has one (it came over lo) keeps it. `answers`: it is an
 * answer, which an echo from an address to itself does not show by its addresses (ICMP tuples carry the type).
 */
export const track = (tracking: Tracking, netns: NetnsId, packet: Packet, answers: boolean): Tracking => {
  if (tracking.untracked || tracking.current !== undefined) return tracking;
  const tuple = tupleOf(packet);
  for (const entry of tracking.entries) {
    if (entry.netns !== netns || entry.family !== packet.family) continue;
    const replies = sameTuple(entry.reply, tuple);
    if (replies && (answers || !sameTuple(entry.original, tuple))) {
      const seen = replaceEntry(tracking, { ...entry, seenReply: true });
      return { ...seen, current: { number: entry.number, direction: 'reply' } };
    }
    if (!sameTuple(entry.original, tuple)) continue;
    return confirmsUnseen(entry, packet)
      ? tracking
      : { ...tracking, current: { number: entry.number, direction: 'original' } };
  }
  if (!startsConnection(packet)) return tracking;
  const entry = newEntry(tracking, netns, packet);
  return {
    ...tracking,
    entries: [...tracking.entries, entry],
    current: { number: entry.number, direction: 'original' },
  };
};

/** Over a link into another netns, or over a veth at all, the packet forgets its entry (skb_scrub_packet). */
export const forget = (tracking: Tracking): Tracking => ({ entries: tracking.entries, untracked: false });

const stateOf = (entry: Entry, direction: 'original' | 'reply'): CtState =>
  direction === 'reply' || entry.seenReply ? 'ESTABLISHED' : 'NEW';

/** The entry as rules see it. */
export const viewOf = (tracking: Tracking): CtView | undefined => {
  const entry = currentEntry(tracking);
  if (entry === undefined) return undefined;
  const { direction } = tracking.current!;
  const status = new Set<CtStatus>();
  if (entry.snat) status.add('snat');
  if (entry.dnat) status.add('dnat');
  if (entry.seenReply) status.add('seen-reply').add('confirmed');
  return {
    state: stateOf(entry, direction),
    status,
    direction,
    mark: entry.mark,
    original: entry.original,
    reply: entry.reply,
  };
};
