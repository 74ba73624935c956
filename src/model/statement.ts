/** What a rule does, statement by statement (nft's order of evaluation, which iptables' matches + target fit into). */

/** What is read from the packet or its surroundings, and what it is compared with. */
export type Expression =
  /**
   * A value in its tool's words: `80`, `10.0.0.1`, `docker0`, `established`, `local`, `tcp`. The left side of a comparison says how to
   * read it. A link name that ends in `*` is a prefix (iptables' `+` is translated); a literal star at the end is `\*`.
   */
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  /** Both ends belong to it. */
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  /** An anonymous set, map or verdict map. */
  | { readonly kind: 'set'; readonly elements: readonly SetElement[] }
  /** nft's `@name`. */
  | { readonly kind: 'named-set'; readonly name: string }
  /** nft's `a . b . c`. */
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
  /** nft's keys: iifname, oifname, iif, oif, l4proto, nfproto, protocol, mark, pkttype, length, skuid, skgid, cpu, ibrname, sdif … */
  | { readonly kind: 'meta'; readonly key: string }
  /** A header field: protocol ip, ip6, tcp, udp, sctp, th, icmp, icmpv6, ether, vlan, arp …; field as nft calls it. */
  | { readonly kind: 'payload'; readonly protocol: string; readonly field: string }
  /** `@th,96,24`: offset and length in bits. */
  | { readonly kind: 'raw-payload'; readonly base: string; readonly offset: number; readonly length: number }
  /** key: state, status, mark, direction, saddr, daddr, proto-src, proto-dst, protocol, helper, zone … */
  | {
      readonly kind: 'ct';
      readonly key: string;
      readonly direction?: 'original' | 'reply';
      readonly family?: 'ip' | 'ip6';
    }
  /** result: type, oif, oifname; flags in the order given: saddr, daddr, mark, iif, oif. */
  | { readonly kind: 'fib'; readonly result: string; readonly flags: readonly string[] }
  | { readonly kind: 'physdev'; readonly key: 'in' | 'out' | 'is-in' | 'is-out' | 'is-bridged' }
  /** The data that `map` (a set with data, or a named map) has for `key`. */
  | { readonly kind: 'map'; readonly key: Expression; readonly map: Expression }
  | {
      readonly kind: 'binary';
      readonly op: '&' | '|' | '^' | '<<' | '>>' | '+' | '-';
      readonly left: Expression;
      readonly right: Expression;
    }
  /** Known only at the moment the packet passes (numgen, jhash, socket, exthdr …): `json` keeps it whole. */
  | { readonly kind: 'opaque'; readonly name: string; readonly json: unknown };

export interface SetElement {
  readonly key: Expression;
  /** What a map yields. */
  readonly data?: Expression;
  /** What a verdict map yields. */
  readonly verdict?: Verdict;
  /** ipset: the part of the set that is taken out of it again. */
  readonly nomatch?: boolean;
  readonly comment?: string;
  /** Seconds until the element goes, when it does. */
  readonly expires?: number;
}

export interface NamedSet {
  readonly name: string;
  readonly tool: 'nft' | 'ipset';
  /** nft: `set` or `map`; ipset: its type, e.g. `hash:ip,port`. */
  readonly type: string;
  /** nft's type names, one per part of the key: `ipv4_addr`, `inet_service`, `ifname` …; ipset: `ip`, `net`, `port`, `mac`, `iface`, `set`. */
  readonly keyTypes: readonly string[];
  /** nft maps: type of the data; `verdict` for a verdict map. */
  readonly dataType?: string;
  readonly flags: readonly string[];
  readonly elements: readonly SetElement[];
  readonly comment?: string;
  /** nft: a `typeof`-only or unreadable key type, sizes, timeouts, policy … as the tool gave them, for printing. */
  readonly other?: Readonly<Record<string, unknown>>;
  /** Its elements could not be read: membership is unknown. */
  readonly unreadable?: boolean;
}

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  /** No return point: the end of `chain` continues where the last jump came from. */
  | { readonly kind: 'goto'; readonly chain: string }
  /** Handed to a program; `bypass`: accepted when none listens. */
  | { readonly kind: 'queue'; readonly bypass: boolean; readonly to?: Expression };

/** `in`: at least one of the bits is set (nft's implicit comparison of flags); `!`: none of them is. */
export type CompareOp = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!';

export type Statement =
  /** Goes on when the comparison holds, else the rule ends. */
  | { readonly kind: 'match'; readonly left: Expression; readonly op: CompareOp; readonly right: Expression }
  /** Goes on when one of the alternatives (each a list of matches that must all hold) does; `negated`: when none does. */
  | { readonly kind: 'either'; readonly negated: boolean; readonly alternatives: readonly (readonly Statement[])[] }
  /** iptables' `-m set`. dimensions: `src`, `dst`, one per part of the set's key. */
  | {
      readonly kind: 'ipset';
      readonly name: string;
      readonly dimensions: readonly string[];
      readonly negated: boolean;
      /** A condition on the set's counters (--packets-eq …) besides. */
      readonly stateful: boolean;
    }
  /** An iptables match without a neutral form (limit, recent, u32, rpfilter …), or one this version does not know. */
  | { readonly kind: 'extension'; readonly module: string; readonly options: readonly ClauseOption[] }
  /** nft's limit, quota, ct count, numgen-like conditions: depends on the packets before this one. */
  | { readonly kind: 'stateful'; readonly name: string; readonly json: unknown }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** The verdict that `map` has for `key`; no element: goes on. */
  | { readonly kind: 'vmap'; readonly key: Expression; readonly map: Expression }
  /** `with` as its tool prints it (`icmp-port-unreachable`, `tcp-reset`, `icmpx admin-prohibited`). */
  | { readonly kind: 'reject'; readonly with?: string }
  /** Writes packet, mark or connection mark. */
  | { readonly kind: 'assign'; readonly target: Expression; readonly value: Expression }
  | {
      readonly kind: 'nat';
      readonly action: 'dnat' | 'snat' | 'masquerade' | 'redirect' | 'netmap';
      /** For `dnat ip to …` in inet tables. */
      readonly family?: 'ip' | 'ip6';
      /** A constant, prefix, range, map, or (nft) a concat of address and port out of a map. */
      readonly address?: Expression;
      readonly port?: Expression;
      /** random, fully-random, persistent. */
      readonly flags: readonly string[];
    }
  | { readonly kind: 'notrack' }
  /** Zone, helper, timeout, event masks: `ct helper set`, iptables' CT target. */
  | { readonly kind: 'ct-template'; readonly json: unknown }
  | {
      readonly kind: 'tproxy';
      readonly family?: 'ip' | 'ip6';
      readonly address?: Expression;
      readonly port?: Expression;
      readonly mark?: string;
    }
  /** No influence on this packet: log, counter, trace, checksum, mss clamp, set update, dup, flow offload …. */
  | { readonly kind: 'note'; readonly name: string; readonly json: unknown }
  /** An effect this version does not know: everything after it is uncertain. */
  | { readonly kind: 'unknown-effect'; readonly name: string; readonly json: unknown };

/** One written option of an iptables match or target: `! --dport 80:90`. */
export interface ClauseOption {
  /** With its dashes. */
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** One part of an iptables rule as it was written; what is printed again. */
export interface Clause {
  /** header: -s -d -i -o -p -f; match: `-m name`; jump, goto: `-j name`, `-g name`. */
  readonly kind: 'header' | 'match' | 'jump' | 'goto';
  /** The module, target or chain; '' for the header. */
  readonly name: string;
  readonly options: readonly ClauseOption[];
}
