/** The wiring as trees: in each netns the links that hang on nothing, below them their ports, upper links and far ends. */
import type { Graph, LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { HostId, LinkId, NetnsId } from '../../model/ids.ts';
import { doubtOf, linkAt, networkOn } from '../refs.ts';

export interface Wire {
  readonly link: LinkNode;
  /** The proven other end of a veth. */
  readonly far?: LinkNode;
  /** Why there is no proven other end, or no proven lower link. */
  readonly doubt?: string;
  /** The engine network this link carries. */
  readonly network?: string;
  /** Ports of a bridge, and links that sit on this one (in whatever netns). */
  readonly below: readonly Wire[];
}

export interface NetnsWiring {
  readonly netns: NetnsNode;
  readonly wires: readonly Wire[];
}

export interface HostWiring {
  readonly host: HostId;
  readonly name: string;
  /** The host's own netns first; then those whose links do not all show as far ends or upper links elsewhere. */
  readonly netns: readonly NetnsWiring[];
}

const wire = (graph: Graph, link: LinkNode, seen: Set<LinkId>): Wire => {
  seen.add(link.id);
  const far = linkAt(graph, link.peer);
  if (far !== undefined) seen.add(far.id);
  const doubt = doubtOf(graph, link.peer) ?? doubtOf(graph, link.lowerLink);
  const network = networkOn(graph, link.id);
  const below = [...link.ports, ...link.upperLinks]
    .filter((id) => !seen.has(id))
    .flatMap((id) => graph.links.get(id) ?? []);
  return {
    link,
    ...(far === undefined ? {} : { far }),
    ...(doubt === undefined ? {} : { doubt: doubt.why }),
    ...(network === undefined ? {} : { network }),
    below: below.map((one) => wire(graph, one, seen)),
  };
};

const isRoot = (link: LinkNode): boolean =>
  link.master === undefined && link.lowerLink?.certainty !== 'exact' && link.kind !== 'loopback';

const wireNetns = (graph: Graph, netns: NetnsNode, seen: Set<LinkId>): NetnsWiring => {
  const links = netns.links.flatMap((id) => graph.links.get(id) ?? []);
  const wires = links.filter((link) => isRoot(link) && !seen.has(link.id)).map((link) => wire(graph, link, seen));
  return { netns, wires };
};

/** How far from the host: bridges of nested engines are drawn before the leaves that hang on them. */
const weight = (graph: Graph, netns: NetnsNode): number =>
  netns.facts.isHost ? 0 : netns.links.some((id) => (graph.links.get(id)?.ports.length ?? 0) > 0) ? 1 : 2;

export const buildWiring = (graph: Graph): readonly HostWiring[] =>
  [...graph.hosts].map(([host, { facts }]) => {
    const all = [...graph.netns.values()].filter((netns) => netns.host === host);
    const ordered = all.toSorted((a, b) => weight(graph, a) - weight(graph, b));
    const seen = new Set<LinkId>();
    const netns = ordered.map((one) => wireNetns(graph, one, seen));
    return { host, name: facts.hostname, netns: netns.filter((one) => one.netns.facts.isHost || one.wires.length > 0) };
  });

/** `web1 + side1`: who lives in a netns, its name when nobody known does. */
export const tenantsOf = (graph: Graph, id: NetnsId): string => {
  const netns = graph.netns.get(id);
  if (netns === undefined) return '?';
  if (netns.facts.isHost) return 'host';
  const names = netns.containers.flatMap((container) => graph.containers.get(container)?.facts.name ?? []);
  return names.length === 0 ? netns.name : names.join(' + ');
};

/** Addresses an operator looks for: link-local IPv6 ones only add noise. */
export const shownAddresses = (link: LinkNode): readonly string[] =>
  link.addresses.filter((one) => one.scope !== 'link').map((one) => `${one.local}/${one.prefixlen}`);
