/** What a rule can ask of the packet's surroundings while it is evaluated; the tracer supplies it. */
import type { CtState, Tuple } from '../model/packet.ts';

/** Something that cannot be known, with the reason as a phrase: `which user owns the socket`. */
export interface Unknown {
  readonly unknown: string;
}

/** yes, no, or unknown with its reason. */
export type Truth = boolean | Unknown;

export const unknown = (reason: string): Unknown => ({ unknown: reason });
export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && 'unknown' in value;

/** In the words of rtnetlink and nft's `fib … type`. */
export type AddressType =
  | 'unspec'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit';

/** In the words of nft's `ct status`. */
export type CtStatus = 'expected' | 'seen-reply' | 'assured' | 'confirmed' | 'snat' | 'dnat' | 'dying' | 'helper';

/** The conntrack entry of the packet as the kernel sees it at this point. */
export interface CtView {
  readonly state: CtState | Unknown;
  /** Absent: bits nobody set. */
  readonly status: ReadonlySet<CtStatus>;
  readonly direction: 'original' | 'reply';
  readonly mark: number | Unknown;
  readonly original: Tuple;
  readonly reply: Tuple;
  readonly helper?: string | Unknown;
  readonly zone?: number | Unknown;
}

export interface FibQuery {
  /** In nft's words, any order: saddr or daddr, mark, iif, oif. */
  readonly flags: readonly string[];
  readonly address: string;
  readonly mark: number;
  /** Only when the flags ask for it. */
  readonly iif?: string;
  readonly oif?: string;
}

export interface EvaluationContext {
  /**
   * undefined: no entry. Rules then see INVALID, or UNTRACKED after notrack. Leave it undefined for chains before conntrack (raw)
   * and where conntrack is off.
   */
  readonly ct: CtView | undefined;
  /** The packet was exempted from tracking by an earlier rule (then `ct` is undefined). */
  readonly untracked?: boolean;
  /** The frame is being forwarded by a bridge (br_netfilter, or the bridge family's own chains). */
  readonly bridged: boolean;
  readonly pktType: 'host' | 'broadcast' | 'multicast' | 'other' | Unknown;
  /** Made on this host, so that it has a socket and no MAC header. */
  readonly local: boolean;
  /** At a link's own hooks every frame has its header, also one made here. */
  readonly framed?: true;
  /**
   * Type of an address as table local has it. IPv4: what `inet_dev_addr_type` says; multicast, 0.0.0.0/8 and 255.255.255.255 are never
   * asked for. IPv6 addrtype makes a route look-up: unreachable, local, anycast, unicast. With `link`: only that link's addresses.
   */
  addressType(address: string, link?: string): AddressType | Unknown;
  /** The link a route look-up leads to; undefined: none (`missing`). */
  fib(query: FibQuery): string | undefined | Unknown;
  /** iptables' `-m rpfilter`: would a reply to the source leave by the link it came from (or, loose, by any)? */
  reversePath(options: { readonly loose: boolean; readonly validMark: boolean; readonly acceptLocal: boolean }): Truth;
  linkIndex(name: string): number | undefined;
  /** The kernel's group number of a link. */
  linkGroup?(name: string): number | undefined;
  /** Owner of the sending socket; undefined: not known. `null`: the packet has no socket here (forwarded). */
  readonly socket?: { readonly uid?: number; readonly gid?: number } | null;
  /** Does the packet belong to an IPVS connection? Absent: no IPVS on this host. */
  readonly ipvs?: Truth;
  /** Do IPsec policies apply (came in, will go out)? Absent: there are none on this host. */
  readonly ipsec?: { readonly in: Truth; readonly out: Truth };
  /** Bytes after the transport header, where they are known. */
  readonly payload?: Uint8Array;
  /** Which ports an absent sport can be (net.ipv4.ip_local_port_range). Default 1–65535. */
  readonly ephemeralPorts?: readonly [number, number];
}
