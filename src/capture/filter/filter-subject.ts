/** What a display filter can ask of a packet; the costly parts are functions, called only when a word needs them. */
import type { PathDirection, RowState, SeenTuple } from '../match/sighting.ts';

export interface FilterSubject {
  /** As it looked at each point; a filter is met when any of them meets it. */
  readonly tuples: readonly SeenTuple[];
  /** Names of the points that saw it. */
  readonly points: readonly string[];
  /** Bytes of the IP packet. */
  readonly length: number;
  readonly family: 0 | 4 | 6;
  readonly vlan?: number;
  readonly flow: number;
  readonly state?: RowState['kind'];
  readonly direction?: PathDirection;
  /** `retransmission`, `reset`, … */
  readonly marks: readonly string[];
  /** `dnat`, `snat`, `ttl`, …: what happened to it on its way. */
  readonly changes: readonly string[];
  /** Names of the flags of a TCP packet. */
  readonly tcpFlags: readonly string[];
  /** Kinds of the layers: `dns`, `http`, `vxlan`, … */
  layers(): readonly string[];
  /** Its one-liner as shown, names included. */
  text(): string;
  /** The name shown for an address; undefined: none. */
  nameOf(address: string): string | undefined;
}

export type PacketTest = (subject: FilterSubject) => boolean;

/** `at`: where in the text the word stands that is not understood. */
export interface FilterError {
  readonly error: string;
  readonly at: number;
}
