/** Lookups over a graph that views need again and again, made once per graph. */
import type { ContainerNode, Graph, LinkNode, NetnsNode, NetworkNode, PortNode, WiringFault } from '../graph/graph.ts';
import type { ContainerId, HostId, LinkId, NetnsId } from '../model/ids.ts';
import { portKey } from './ref.ts';

export interface GraphIndex {
  readonly graph: Graph;
  readonly faultsOfLink: ReadonlyMap<LinkId, readonly WiringFault[]>;
  readonly faultsOfNetns: ReadonlyMap<NetnsId, readonly WiringFault[]>;
  readonly faultsOfContainer: ReadonlyMap<ContainerId, readonly WiringFault[]>;
  readonly portsOfContainer: ReadonlyMap<ContainerId, readonly PortNode[]>;
  readonly ports: ReadonlyMap<string, PortNode>;
  /** The network a bridge (or other carrying link) belongs to. */
  readonly networkOfLink: ReadonlyMap<LinkId, NetworkNode>;
  readonly hostNetns: readonly NetnsNode[];
}

const grouped = <Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key | undefined): Map<Key, Value[]> => {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
};

const networksByLink = (graph: Graph): Map<LinkId, NetworkNode> => {
  const byLink = new Map<LinkId, NetworkNode>();
  for (const network of graph.networks.values()) {
    if (network.link?.certainty === 'exact') byLink.set(network.link.to, network);
  }
  return byLink;
};

const indexes = new WeakMap<Graph, GraphIndex>();

export const indexOf = (graph: Graph): GraphIndex => {
  const known = indexes.get(graph);
  if (known !== undefined) return known;
  const index: GraphIndex = {
    graph,
    faultsOfLink: grouped(graph.faults, (fault) => fault.link),
    faultsOfNetns: grouped(graph.faults, (fault) => fault.netns),
    faultsOfContainer: grouped(graph.faults, (fault) => fault.container),
    portsOfContainer: grouped(graph.ports, (port) => port.container),
    ports: new Map(graph.ports.map((port) => [portKey(port), port])),
    networkOfLink: networksByLink(graph),
    hostNetns: [...graph.netns.values()].filter((netns) => netns.facts.isHost),
  };
  indexes.set(graph, index);
  return index;
};

/** Faults of a container: its own, and those of the links and netns that only it lives in. */
export const faultsTouching = (index: GraphIndex, container: ContainerNode): readonly WiringFault[] => {
  const found = new Set<WiringFault>(index.faultsOfContainer.get(container.id));
  if (container.facts.mode === 'host' || container.netns === undefined) return [...found];
  for (const link of container.links) {
    for (const fault of index.faultsOfLink.get(link) ?? []) found.add(fault);
    const peer = index.graph.links.get(link)?.peer;
    if (peer?.certainty === 'exact') for (const fault of index.faultsOfLink.get(peer.to) ?? []) found.add(fault);
  }
  for (const fault of index.faultsOfNetns.get(container.netns) ?? []) found.add(fault);
  return [...found];
};

export const peerOf = (graph: Graph, link: LinkNode | undefined): LinkNode | undefined =>
  link?.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;

export const masterOf = (graph: Graph, link: LinkNode | undefined): LinkNode | undefined =>
  link?.master === undefined ? undefined : graph.links.get(link.master);

export const linksOf = (graph: Graph, ids: readonly LinkId[]): readonly LinkNode[] =>
  ids.flatMap((id) => graph.links.get(id) ?? []);

/** With its host in front where several are shown. */
export const amongHosts = (graph: Graph, host: HostId, name: string): string =>
  graph.hosts.size > 1 ? `${host}/${name}` : name;

/** Container names of a netns, `host` for the host's, else the netns' own name. */
export const ownerName = (graph: Graph, id: NetnsId): string => {
  const netns = graph.netns.get(id);
  if (netns === undefined) return '?';
  if (netns.facts.isHost) return netns.name;
  const names = netns.containers.flatMap((container) => graph.containers.get(container)?.facts.name ?? []);
  return names.length > 0 ? amongHosts(graph, netns.host, names[0]!) : netns.name;
};

/** The other end as `web/eth0`, or the doubt about it. */
export const linkName = (graph: Graph, link: LinkNode): string => {
  const netns = graph.netns.get(link.netns);
  return netns?.facts.isHost === true && graph.hosts.size === 1
    ? link.facts.ifname
    : `${ownerName(graph, link.netns)}/${link.facts.ifname}`;
};
