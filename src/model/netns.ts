/** A network namespace: who holds it, and every fact that was read inside. */
import type { NetnsId } from './ids.ts';
import type { IpvsService } from './ipvs.ts';
import type { BridgeVlans, FdbEntry, Link, LinkAddresses } from './link.ts';
import type { Neighbour, PolicyRule, Route } from './route.ts';
import type { RulesetText } from './ruleset-text.ts';
import type { Socket } from './socket.ts';

/** One reason why a netns is alive. */
export type NetnsHolder =
  | {
      readonly kind: 'process';
      readonly pid: number;
      /** The task inside the process whose netns differs from the process's own (`setns` in one thread). */
      readonly tid?: number;
      /** /proc/PID/comm. */
      readonly comm: string;
      /** Pid as its innermost pid namespace counts it, when that differs. */
      readonly innerPid?: number;
    }
  /** An nsfs bind mount; `mountNsPid` is a process in whose mount namespace the path is valid, absent for our own. */
  | { readonly kind: 'mount'; readonly path: string; readonly mountNsPid?: number }
  | { readonly kind: 'descriptor'; readonly pid: number; readonly fd: number; readonly comm: string }
  /** Found by a socket of the process that lives in that netns while the process itself does not (SIOCGSKNS). */
  | { readonly kind: 'socket'; readonly pid: number; readonly fd: number; readonly comm: string }
  /** Known only because another netns has an nsid for it; nobody visible holds it. */
  | { readonly kind: 'nsid'; readonly seenFrom: NetnsId; readonly nsid: number };

/** One entry of a netns' own numbering of other namespaces (RTM_GETNSID). */
export interface NsidEntry {
  readonly nsid: number;
  /** Absent: no namespace we can open has this number here (a hidden namespace). */
  readonly netns?: NetnsId;
}

export interface Netns {
  readonly id: NetnsId;
  readonly dev: number;
  /** 0 when only an nsid is known. */
  readonly inode: number;
  /** The namespace pid 1 (or kthreadd) of this host lives in: the one the operator calls "the host". */
  readonly isHost: boolean;
  /** Names under /run/netns and the like, best first: `lab-net`, `docker/3f2a…`. */
  readonly names: readonly string[];
  readonly holders: readonly NetnsHolder[];
  readonly nsids: readonly NsidEntry[];
  /** undefined (a part left out) always goes with a gap, or with a narrower question; [] means "none". */
  readonly links?: readonly Link[];
  readonly addresses?: readonly LinkAddresses[];
  /** Routes of all tables; `routes6` those of IPv6. */
  readonly routes?: readonly Route[];
  readonly routes6?: readonly Route[];
  readonly policyRules?: readonly PolicyRule[];
  readonly neighbours?: readonly Neighbour[];
  readonly fdb?: readonly FdbEntry[];
  readonly vlans?: readonly BridgeVlans[];
  /** Dotted name under net. → value: `ipv4.ip_forward` → `1`, `ipv4.conf.eth0.rp_filter` → `2`. A dot inside a link's name stays: `ipv4.conf.eth0.20.forwarding`. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Bound UDP and listening TCP/SCTP sockets. */
  readonly sockets?: readonly Socket[];
  /** Virtual services; [] also where the kernel has no IPVS. */
  readonly ipvs?: readonly IpvsService[];
  readonly conntrack?: { readonly count?: number; readonly max?: number };
  /** Counters of lost packets since the start, of the host's own netns only: `conntrack.drop`, `TcpExt.IPReversePathFilter`. Two pictures tell what rises. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly ruleset?: RulesetText;
}
