/** The graph: every netns, link, container and network of the hosts shown, and the relations between them. */
import type { Container, Engine, EngineNetwork, PublishedPort } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { ContainerId, HostId, LinkId, NetnsId, NetworkId } from '../model/ids.ts';
import type { AddressInfo, Link } from '../model/link.ts';
import type { Netns } from '../model/netns.ts';
import type { OvsBridge, OvsPort } from '../model/open-vswitch.ts';
import type { HostFacts, Snapshot } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';

/** A relation with its doubt. `exact` is proven (nsid or same netns); never a guess. */
export type Relation<Id> =
  | { readonly certainty: 'exact'; readonly to: Id }
  | { readonly certainty: 'ambiguous'; readonly candidates: readonly Id[]; readonly why: string }
  /** `ifindex` and `netns` say what little is known of the other end. */
  | { readonly certainty: 'unknown'; readonly why: string; readonly ifindex?: number; readonly netns?: NetnsId };

export interface BridgePort {
  /** `disabled`, `listening`, `learning`, `forwarding`, `blocking`. */
  readonly state: string;
  readonly hairpin: boolean;
  readonly isolated: boolean;
  readonly learning: boolean;
  readonly guard: boolean;
}

export interface LinkNode {
  readonly id: LinkId;
  readonly netns: NetnsId;
  readonly facts: Link;
  /** linkinfo.info_kind, else `loopback` for lo, else `physical`. */
  readonly kind: string;
  readonly addresses: readonly AddressInfo[];
  /** UP and carrier: `up`; not UP: `down`; UP without carrier: `no-carrier`; else `unknown`. */
  readonly state: 'up' | 'down' | 'no-carrier' | 'unknown';
  /** The other end of a veth (netkit); absent for other kinds. */
  readonly peer?: Relation<LinkId>;
  /** What it is a port of. */
  readonly master?: LinkId;
  /** Present when master is a bridge. */
  readonly bridgePort?: BridgePort;
  /** Present when it bears the name of an Open vSwitch bridge: what the database says of that bridge. */
  readonly ovsBridge?: OvsBridge;
  /** Present when it is plugged into an Open vSwitch bridge; `master` is then that bridge, not the kernel's datapath. */
  readonly ovsPort?: OvsPort;
  /** Links whose master this is, by ifindex. */
  readonly ports: readonly LinkId[];
  /** What a macvlan, ipvlan, vlan, vxlan … sits on; absent for other kinds. */
  readonly lowerLink?: Relation<LinkId>;
  readonly upperLinks: readonly LinkId[];
}

export interface NetnsNode {
  readonly id: NetnsId;
  readonly host: HostId;
  readonly facts: Netns;
  /**
   * What to call it, unique among all that is shown: `host`, the container's name, its mount name, `pid 4711 (nginx)`, `inode 4026532901`.
   * Where several hosts are shown, `HOST` for a host's own and `HOST/NAME` for the others.
   */
  readonly name: string;
  /** The same without its host: unique within it. */
  readonly ownName: string;
  /** Containers that live in it: several when it is shared. */
  readonly containers: readonly ContainerId[];
  readonly links: readonly LinkId[];
  /** Nobody visible holds it: known by nsid or descriptor only. */
  readonly hidden: boolean;
}

export interface ContainerNode {
  readonly id: ContainerId;
  readonly host: HostId;
  readonly facts: Container;
  /** Absent when it is not running, or its netns could not be found. */
  readonly netns?: NetnsId;
  /** Links in its netns (own or shared), lo left out. */
  readonly links: readonly LinkId[];
  readonly networks: readonly NetworkId[];
}

export interface NetworkNode {
  readonly id: NetworkId;
  readonly host: HostId;
  readonly facts: EngineNetwork;
  /** The bridge (or macvlan/ipvlan parent, or gwbridge) that carries it in the host's netns; absent when there is none or it is missing. */
  readonly link?: Relation<LinkId>;
  readonly containers: readonly ContainerId[];
}

/** One published port, and everything that makes it work. */
export interface PortNode {
  readonly host: HostId;
  readonly container: ContainerId;
  readonly published: PublishedPort;
  /** Texts of the DNAT rules that serve it (table nat of the host's netns); undefined when the rules were not read. */
  readonly dnatRules?: readonly string[];
  /** Who holds the port on the host: the userland proxy, the engine's reservation, or somebody else. */
  readonly hostSocket?: { readonly socket: Socket; readonly role: 'proxy' | 'reservation' | 'other' };
  /** Who listens in the container's netns on the container port; null when sockets were read and nobody does. */
  readonly listener?: Socket | null;
}

/** Something about the wiring that is not as it should be, seen without any rule evaluation. */
export interface WiringFault {
  readonly kind:
    | 'orphan-veth'
    | 'half-pair'
    | 'dead-bridge'
    | 'hidden-netns'
    | 'link-down'
    | 'no-master'
    | 'port-not-forwarding'
    | 'duplicate-address'
    | 'container-without-netns';
  readonly link?: LinkId;
  readonly netns?: NetnsId;
  readonly container?: ContainerId;
  /** One sentence for an operator. */
  readonly text: string;
}

export interface Graph {
  readonly snapshots: readonly Snapshot[];
  readonly hosts: ReadonlyMap<
    HostId,
    { readonly facts: HostFacts; readonly engines: readonly Engine[]; readonly netns?: NetnsId }
  >;
  readonly netns: ReadonlyMap<NetnsId, NetnsNode>;
  readonly links: ReadonlyMap<LinkId, LinkNode>;
  readonly containers: ReadonlyMap<ContainerId, ContainerNode>;
  readonly networks: ReadonlyMap<NetworkId, NetworkNode>;
  readonly ports: readonly PortNode[];
  readonly faults: readonly WiringFault[];
  readonly gaps: readonly Gap[];
}

/** Frames are switched between its ports: a bridge of the kernel, or one of Open vSwitch. */
export const isBridge = (link: LinkNode): boolean => link.kind === 'bridge' || link.ovsBridge !== undefined;
