/** Links that put packets into other packets: what their outer packets look like, and in which netns those are sent and received. */
import type { LinkNode } from '../../graph/graph.ts';
import type { LinkId, NetnsId } from '../../model/ids.ts';
import type { World } from '../world.ts';
import type { Daemon } from './with-daemon-links.ts';

export type TunnelKind = 'vxlan' | 'geneve' | 'gretap' | 'gre' | 'ipip' | 'sit' | 'esp' | Daemon['system'];

export interface Tunnel {
  readonly kind: TunnelKind;
  readonly link: LinkNode;
  /** The link of the kernel to show for it: a port of a switch has none, its bridge does. */
  readonly shown: LinkId;
  /** 2: carries frames; 3: carries packets. */
  readonly layer: 2 | 3;
  /** Family of the outer packet. */
  readonly family: 4 | 6;
  /** Outer protocol; for UDP with its port. */
  readonly proto: 'udp' | number;
  readonly port?: number;
  /** VNI, or GRE key; what both ends must agree on. */
  readonly key?: number;
  /** Fixed other end; absent: chosen for each packet. */
  readonly remote?: string;
  readonly local?: string;
  readonly ttl: number;
  readonly dontFragment: 'no' | 'yes' | 'as the packet';
  /** Bytes an outer packet has more than the packet inside. */
  readonly overhead: number;
  /** Set up for each packet by a program (collect_md): what it does is not in the link. */
  readonly external: boolean;
  /** `external`: who decides, where that is known. */
  readonly doubt?: string;
  /** A program carries its packets, and knows the other ends. */
  readonly daemon?: Daemon;
  /** What it falls back to where the first does not get through. */
  readonly alsoPort?: number;
  /** A port of this bridge of Open vSwitch, which alone takes its packets out. */
  readonly switch?: string;
}

type Data = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** `any`, `0.0.0.0` and `::` stand for no address. */
const address = (...values: readonly unknown[]): string | undefined =>
  values.map(text).find((value) => value !== undefined && value !== 'any' && value !== '0.0.0.0' && value !== '::');

/** iproute2 prints keys as addresses (`0.0.0.10`) or numbers. */
const keyOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  const parts = typeof value === 'string' ? value.split('.') : [];
  if (parts.length === 4) return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
  return parts.length === 1 && /^\d+$/.test(parts[0]!) ? Number(parts[0]) : undefined;
};

/** Links that Open vSwitch puts up once for all its tunnels of a kind: its own ports say what goes through. */
const shared = /^(vxlan_sys_\d+|gre_sys|genev_sys_\d+)$/;

const besides = (link: LinkNode, data: Data) => ({
  shown: link.facts.ifindex < 0 && link.master !== undefined ? link.master : link.id,
  external: data['external'] === true || shared.test(link.facts.ifname),
  ...(text(data['doubt']) !== undefined && { doubt: text(data['doubt'])! }),
  ...(text(data['switch']) !== undefined && { switch: text(data['switch'])! }),
});

const ethernet = 14;
const headers = { 4: 20, 6: 40 } as const;

/** VXLAN and Geneve: UDP and eight bytes of their own (VXLAN_HEADROOM). */
const overUdp = (link: LinkNode, data: Data, kind: 'vxlan' | 'geneve'): Tunnel => {
  const remote = address(data['remote'], data['remote6'], data['group'], data['group6']);
  const local = address(data['local'], data['local6']);
  const family = (remote ?? local)?.includes(':') ? 6 : 4;
  const df = data['df'];
  return {
    kind,
    link,
    layer: 2,
    family,
    proto: 'udp',
    port: number(data['port']) ?? (kind === 'vxlan' ? 8472 : 6081),
    ...(number(data['id']) !== undefined && { key: number(data['id'])! }),
    ...(remote !== undefined && { remote }),
    ...(local !== undefined && { local }),
    ttl: number(data['ttl']) || 64,
    dontFragment: df === 'set' ? 'yes' : df === 'inherit' ? 'as the packet' : 'no',
    overhead: headers[family] + 8 + 8 + ethernet,
    ...besides(link, data),
  };
};

const ipProtocols = { ipip: 4, sit: 41, gre: 47, gretap: 47 } as const;

/** IP in IP and GRE set "don't fragment" unless told `nopmtudisc` (tnl_update_pmtu). */
const overIp = (link: LinkNode, data: Data, kind: 'ipip' | 'sit' | 'gre' | 'gretap'): Tunnel => {
  const key = keyOf(data['okey'] ?? data['ikey']);
  const remote = address(data['remote']);
  const local = address(data['local']);
  const gre = kind === 'gre' || kind === 'gretap' ? 4 + (key === undefined ? 0 : 4) : 0;
  return {
    kind,
    link,
    layer: kind === 'gretap' ? 2 : 3,
    family: 4,
    proto: ipProtocols[kind],
    ...(key !== undefined && { key }),
    ...(remote !== undefined && { remote }),
    ...(local !== undefined && { local }),
    ttl: number(data['ttl']) || 64,
    dontFragment: data['pmtudisc'] === false ? 'no' : 'yes',
    overhead: headers[4] + gre + (kind === 'gretap' ? ethernet : 0),
    ...besides(link, data),
  };
};

/** Bytes that Weave's sleeve adds to a frame: UDP and IP, the names of both routers and of both MACs. */
const sleeve = 28 + 6 + 14;

/** Programs send like any other: "don't fragment" as the host's path MTU discovery has it; Weave cuts into pieces itself. */
const overDaemon = (link: LinkNode, data: Data, daemon: Daemon): Tunnel => {
  const port = number(data['port']);
  const alsoPort = number(data['alsoPort']);
  const { socket } = daemon;
  const bound = typeof socket === 'object' ? address(socket.local) : undefined;
  const overhead = daemon.system === 'flannel' ? 28 : ethernet + (alsoPort === undefined ? sleeve : 36);
  return {
    kind: daemon.system,
    link,
    layer: daemon.system === 'flannel' ? 3 : 2,
    family: 4,
    proto: 'udp',
    ...(port !== undefined && { port }),
    ...(alsoPort !== undefined && { alsoPort }),
    ...(bound !== undefined && { local: bound }),
    ttl: 64,
    dontFragment: daemon.system === 'flannel' ? 'yes' : 'no',
    overhead,
    ...besides(link, data),
    daemon,
  };
};

export const tunnelOf = (link: LinkNode): Tunnel | undefined => {
  const data = link.facts.linkinfo?.info_data ?? {};
  switch (link.kind) {
    case 'vxlan':
    case 'geneve':
      return overUdp(link, data, link.kind);
    case 'ipip':
    case 'sit':
    case 'gre':
    case 'gretap':
      return overIp(link, data, link.kind);
    case 'flannel':
    case 'weave':
      return overDaemon(link, data, data['daemon'] as Daemon);
    default:
      return undefined;
  }
};

/** The link was made in one netns and may have been moved to another: its outer packets belong to the first (vxlan_get_link_net). */
export const outerNetns = (world: World, link: LinkNode): NetnsId | undefined => {
  const nsid = link.facts.link_netnsid;
  if (nsid === undefined) return link.netns;
  const netns = world.view(link.netns).node.facts.nsids.find((entry) => entry.nsid === nsid)?.netns;
  return netns !== undefined && world.graph.netns.has(netns) ? netns : undefined;
};

/** `VXLAN 4096`, `GRE with key 10`, `IP in IP`. */
export const tunnelName = ({ kind, key }: Tunnel): string => {
  switch (kind) {
    case 'vxlan':
      return `VXLAN ${key ?? '?'}`;
    case 'geneve':
      return `Geneve ${key ?? '?'}`;
    case 'gre':
    case 'gretap':
      return key === undefined ? 'GRE' : `GRE with key ${key}`;
    case 'ipip':
      return 'IP in IP';
    case 'sit':
      return 'IPv6 in IP';
    case 'esp':
      return 'ESP';
    case 'flannel':
      return "flannel's UDP";
    case 'weave':
      return "Weave's UDP";
  }
};

/** Why it cannot be told where a tunnel's link sends; undefined: it can. */
export const tunnelDoubt = (tunnel: Tunnel | undefined, ifname: string): string | undefined =>
  tunnel === undefined || tunnel.external
    ? (tunnel?.doubt ?? `a program decides for each packet where ${ifname} sends it`)
    : undefined;
