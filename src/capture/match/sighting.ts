/** What matching packets across capture points yields: one row per packet, with where it was seen, how it changed and where it vanished. */
import type { CapturedPacket, CaptureEvent } from '../../host/capture/capture-order.ts';
import type { Step } from '../../trace/trace.ts';
import type { PointState } from '../capture-question.ts';
import type { Headers } from '../decode/read-headers.ts';
import type { PacketNotes } from '../flows/flow-entry.ts';

/** Source and destination as they stand in the packet itself; ICMP echo: both ports are its id. */
export interface SeenTuple {
  readonly src: string;
  readonly dst: string;
  /** As in `Packet.proto`, plus `arp`; a name where there is one, else the protocol's number or `0xETHERTYPE`. */
  readonly proto: string;
  readonly sport?: number;
  readonly dport?: number;
}

export type SightingChange = 'dnat' | 'snat' | 'ttl' | 'encapsulated' | 'split' | 'merged' | 'fragmented' | 'length';

/** One packet seen at one point. */
export interface Sighting {
  /** Position in the points given to the matcher. */
  readonly point: number;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  /** Nanoseconds since this packet was first seen; 0n at its first point. */
  readonly delay: bigint;
  readonly tuple: SeenTuple;
  readonly ttl?: number;
  /** What differs from the sighting before it. */
  readonly changes: readonly SightingChange[];
  /** `vxlan 42`, `gre`, `ipip`: what it travelled in here. */
  readonly inside?: string;
  /** More than 1: it came here in that many pieces (segments of an offloaded packet, fragments). `packet` is the first of them. */
  readonly pieces: number;
  /** Of its payload: bytes seen here; absent where all of it was. */
  readonly partial?: { readonly seen: number; readonly of: number };
  readonly packet: CapturedPacket;
}

/** Something that may be to blame for a loss. */
export interface LossCandidate {
  /**
   * model: the trace says this decides; passes: the trace says it goes on here, so the model and the kernel differ, or something changed;
   * observed: seen in the capture itself.
   */
  readonly basis: 'model' | 'passes' | 'observed';
  /** One line for a person. */
  readonly text: string;
  readonly at?: string;
  /** The rule, route, neighbour … as data; absent for what was observed. */
  readonly step?: Step;
  readonly direction?: PathDirection;
}

export type PathDirection = 'request' | 'reply';

export interface Loss {
  /** The last point at which it was seen. */
  readonly after: number;
  /** The point at which it was expected next; absent where only the end of the path is missing. */
  readonly before?: number;
  /** Most likely first. Empty where there is no model of the path. */
  readonly candidates: readonly LossCandidate[];
  /** One sentence, names of points in it. */
  readonly sentence: string;
}

/**
 * travelling: seen less than the wait ago, further points may still see it; arrived: seen at the last point of its path;
 * lost: the wait is over and a point that was watching did not see it; unknown: a further point missed packets itself, started later or
 * ended; seen: nothing says where it should go next.
 */
export type RowState =
  | { readonly kind: 'travelling' }
  | { readonly kind: 'arrived' }
  | { readonly kind: 'lost'; readonly loss: Loss }
  | { readonly kind: 'unknown'; readonly after: number; readonly why: string }
  | { readonly kind: 'seen' };

/** One packet. Replaced by a new object when something about it changes, never edited. */
export interface MatchedRow {
  /** Unique in this matcher, ascending in the order rows were made. */
  readonly id: number;
  /** When it was first seen. */
  readonly at: bigint;
  /** In order of time; a point twice where the packet came by twice (hairpin). */
  readonly sightings: readonly Sighting[];
  readonly state: RowState;
  /** Which way along the traced path; absent where it is not of the traced flow. */
  readonly direction?: PathDirection;
  /** Same number: same connection, through NAT, both ways. */
  readonly flow: number;
  /** 0: the way of the connection's first packet seen. */
  readonly side: 0 | 1;
  /** Retransmission, reset …, and what relative sequence numbers count from; absent where nobody looked. */
  readonly notes?: PacketNotes;
  /** An ICMP error or reset that answers this packet: its row and its words. */
  readonly refusedBy?: { readonly row: number; readonly text: string };
}

/** A packet nobody knew before, at the point that saw it first. */
export interface FreshPacket {
  readonly row: number;
  readonly headers: Headers;
  readonly packet: CapturedPacket;
  readonly linkType: number;
  readonly flow: { readonly id: number; readonly side: 0 | 1 };
}

export interface MatcherOptions {
  /** Called once for each packet, in the order rows are made; what it says is kept with the row. */
  readonly annotate?: (fresh: FreshPacket) => PacketNotes | undefined;
  /** Nanoseconds without a further sighting after which a packet counts as lost. */
  readonly wait?: bigint;
  /** Longest time between two sightings of one packet. */
  readonly window?: bigint;
  /** Nanoseconds a packet waits for older ones of other taps. 0 where they come in order of time, as `RunningCapture` tells them. */
  readonly hold?: bigint;
  /** Rows kept; the oldest go first. */
  readonly rowLimit?: number;
  /** Bytes of packets kept; the oldest rows go first. */
  readonly byteLimit?: number;
}

export interface Matcher {
  /** Packets of any tap, in each tap's order. They show up in rows once `settle` was called with a later time. */
  add(packets: readonly CapturedPacket[]): void;
  /**
   * What else the capture told: a tap needs its `ready` before its packets can be read. `now`: nanoseconds since 1970; without it the moment
   * is that of the last packet settled, and of a first `ready` the beginning of time.
   */
  tell(event: Exclude<CaptureEvent, { readonly kind: 'packets' }>, now?: bigint): void;
  /** The same from a running capture's states, which may bring new points (of a file, as it is read). */
  tellPoints(states: readonly PointState[], now?: bigint): void;
  /** In order of time. The same array until something changes. */
  rows(): readonly MatchedRow[];
  /** Matches what is old enough that no tap can still bring something older, and decides who is lost. `now`: nanoseconds since 1970; everything there is: `'end'`. */
  settle(now: bigint | 'end'): void;
  /** Has an answer to it had the time to come? */
  waitedFor(row: MatchedRow): boolean;
  /** Rows that had to go for want of room. */
  forgotten(): number;
}
