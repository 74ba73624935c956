/** A link as `ip -j -d -s link show` prints it: the one shape facts about links have, whoever read them. */

export interface LinkCounters {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
  readonly [counter: string]: number;
}

/** Kind-specific data, in iproute2's names: bridge, vxlan, macvlan, vlan … (`ip -d -j link`). */
export type LinkInfoData = Readonly<Record<string, unknown>>;

export interface LinkInfo {
  /** `bridge`, `veth`, `macvlan`, `ipvlan`, `vlan`, `vxlan`, `tun`, `dummy`, …; absent for physical links and lo. */
  readonly info_kind?: string;
  readonly info_data?: LinkInfoData;
  /** What the link is enslaved to: `bridge` for a bridge port, `bond`, `vrf`, … */
  readonly info_slave_kind?: string;
  /** Port data of that kind; for a bridge port: state, hairpin, isolated, learning, … */
  readonly info_slave_data?: LinkInfoData;
}

export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  /** As ip names them: UP, LOWER_UP, NO-CARRIER, BROADCAST, … `UP` is the administrator's will, `LOWER_UP` the carrier. */
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly qdisc?: string;
  /** IFLA_MASTER's name in the same netns: the bridge, bond, vrf or ovs-system this link is a port of. */
  readonly master?: string;
  readonly operstate: string;
  readonly linkmode?: string;
  readonly group?: string;
  readonly txqlen?: number;
  /** ARPHRD in words: `ether`, `loopback`, `none`, `ipip`, … */
  readonly link_type: string;
  /** The MAC address, or the tunnel's local address for tunnel links. */
  readonly address?: string;
  readonly broadcast?: string;
  /** IFLA_LINK's name when it lies in the same netns: the lower link, or the other end of a veth within one netns. */
  readonly link?: string | null;
  /** IFLA_LINK's ifindex when it lies in the netns `link_netnsid` names (or cannot be named here). */
  readonly link_index?: number;
  /** nsid, valid in the netns this link was read in, of the netns that `link_index` counts in. -1: that netns has no nsid here. */
  readonly link_netnsid?: number;
  readonly promiscuity?: number;
  readonly min_mtu?: number;
  readonly max_mtu?: number;
  readonly linkinfo?: LinkInfo;
  readonly ifalias?: string;
  readonly altnames?: readonly string[];
  readonly stats64?: { readonly rx: LinkCounters; readonly tx: LinkCounters };
  readonly [other: string]: unknown;
}

/** One address of a link, from `ip -j -d addr show`'s `addr_info`. */
export interface AddressInfo {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  /** The peer's address on a point-to-point link. */
  readonly address?: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
  readonly secondary?: boolean;
  readonly deprecated?: boolean;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
  readonly noprefixroute?: boolean;
  readonly [other: string]: unknown;
}

/** The addresses of one link: the part of `ip -j addr show` that link facts do not have. */
export interface LinkAddresses {
  readonly ifindex: number;
  readonly ifname: string;
  readonly addr_info: readonly AddressInfo[];
}

/** One VLAN membership of a bridge port, from `bridge -j vlan show`. */
export interface BridgeVlans {
  readonly ifname: string;
  readonly vlans: readonly { readonly vlan: number; readonly vlanEnd?: number; readonly flags?: readonly string[] }[];
}

/** One forwarding database entry, from `bridge -j -d fdb show`. */
export interface FdbEntry {
  readonly mac: string;
  readonly ifname: string;
  readonly vlan?: number;
  readonly master?: string;
  /** vxlan: the remote VTEP. */
  readonly dst?: string;
  readonly port?: number;
  readonly vni?: number;
  readonly flags: readonly string[];
  /** `permanent`, `static`, … ; empty for a learnt entry. */
  readonly state: string;
  readonly [other: string]: unknown;
}
