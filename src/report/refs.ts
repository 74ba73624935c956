/** How documents name a netns, a container, a link's other end, and doubt about it. */
import type { ContainerNode, Graph, LinkNode, NetnsNode, Relation } from '../graph/graph.ts';
import type { ContainerId, HostId, LinkId, NetnsId } from '../model/ids.ts';
import type { ContainerRef, Doubt, LinkEnd, NetnsRef, NetnsWithPids } from './schemas/shared-shapes.ts';

/** One object a netns, so that a thousand rows of it cost one. */
const netnsRefs = new WeakMap<NetnsNode, NetnsRef>();

const nowhere: NetnsRef = { inode: 0, name: 'gone', names: [] };

/** Named only where several hosts are shown. */
export const hostRef = (graph: Graph, host: HostId): { readonly host?: string } =>
  graph.hosts.size > 1 ? { host } : {};

export const netnsRef = (graph: Graph, id: NetnsId): NetnsRef => {
  const node = graph.netns.get(id);
  if (node === undefined) return nowhere;
  const known = netnsRefs.get(node);
  if (known !== undefined) return known;
  const made = { inode: node.facts.inode, name: node.name, names: [...node.facts.names] };
  netnsRefs.set(node, made);
  return made;
};

const pidLimit = 100;

export const netnsWithPids = (graph: Graph, id: NetnsId): NetnsWithPids => {
  const holders = graph.netns.get(id)?.facts.holders ?? [];
  const pids = holders.flatMap((holder) => (holder.kind === 'process' ? [holder.pid] : []));
  const distinct = [...new Set(pids)].sort((a, b) => a - b).slice(0, pidLimit);
  return { ...netnsRef(graph, id), pids: distinct };
};

export const containerRef = ({ facts }: ContainerNode): ContainerRef => ({
  id: facts.fullId,
  name: facts.name,
  engine: facts.engine,
  mode: facts.mode,
});

/** The container a link belongs to. Links of the host's netns are nobody's, though containers may live there. */
export const containerOf = (graph: Graph, netns: NetnsId): ContainerNode | undefined => {
  const node = graph.netns.get(netns);
  const first: ContainerId | undefined = node?.facts.isHost === true ? undefined : node?.containers[0];
  return first === undefined ? undefined : graph.containers.get(first);
};

export const linkEnd = (graph: Graph, link: LinkNode): LinkEnd => ({
  ifindex: link.facts.ifindex,
  ifname: link.facts.ifname,
  netns: netnsRef(graph, link.netns),
});

/** The link a proven relation leads to. */
export const linkAt = (graph: Graph, relation: Relation<LinkId> | undefined): LinkNode | undefined =>
  relation?.certainty === 'exact' ? graph.links.get(relation.to) : undefined;

/** undefined: there is no doubt. */
export const doubtOf = (graph: Graph, relation: Relation<LinkId> | undefined): Doubt | undefined => {
  if (relation === undefined || relation.certainty === 'exact') return undefined;
  if (relation.certainty === 'ambiguous') {
    const candidates = relation.candidates.flatMap((id) => graph.links.get(id) ?? []);
    return { certainty: 'ambiguous', why: relation.why, candidates: candidates.map((link) => linkEnd(graph, link)) };
  }
  return {
    certainty: 'unknown',
    why: relation.why,
    ...(relation.ifindex === undefined ? {} : { ifindex: relation.ifindex }),
    ...(relation.netns === undefined ? {} : { netns: netnsRef(graph, relation.netns) }),
  };
};

/** `{ key: value }`, or nothing when there is no value. */
export const optional = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } => (value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value }));

export const addressTexts = (link: LinkNode): string[] => link.addresses.map((one) => `${one.local}/${one.prefixlen}`);

/** The engine network that a bridge or parent link carries. */
export const networkOn = (graph: Graph, link: LinkId): string | undefined => networkNames(graph).get(link);

const networkNamesOf = new WeakMap<Graph, ReadonlyMap<LinkId, string>>();

const networkNames = (graph: Graph): ReadonlyMap<LinkId, string> => {
  const known = networkNamesOf.get(graph);
  if (known !== undefined) return known;
  const names = new Map<LinkId, string>();
  for (const network of graph.networks.values()) {
    if (network.link?.certainty === 'exact') names.set(network.link.to, network.facts.name);
  }
  networkNamesOf.set(graph, names);
  return names;
};
