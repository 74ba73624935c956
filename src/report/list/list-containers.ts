/** `list containers`: all of all engines, with their wires. */
import { type ContainerNode, type Graph, isBridge, type LinkNode } from '../../graph/graph.ts';
import type { PublishedPort } from '../../model/container.ts';
import { addressTexts, containerRef, hostRef, linkAt, linkEnd, netnsRef, optional } from '../refs.ts';
import type { ContainerRow } from '../schemas/list-schema.ts';

export const formatPort = ({ hostIp, hostPort, containerPort, proto }: PublishedPort): string =>
  `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:${hostPort}->${containerPort}/${proto}`;

/** The bridge this link's other end is a port of. */
export const bridgeOf = (graph: Graph, link: LinkNode): LinkNode | undefined => {
  const port = linkAt(graph, link.peer) ?? link;
  const master = port.master === undefined ? undefined : graph.links.get(port.master);
  return master !== undefined && isBridge(master) ? master : undefined;
};

const linkOf = (graph: Graph, link: LinkNode): ContainerRow['links'][number] => {
  const peer = linkAt(graph, link.peer);
  const lower = linkAt(graph, link.lowerLink);
  return {
    ifindex: link.facts.ifindex,
    ifname: link.facts.ifname,
    kind: link.kind,
    state: link.state,
    addresses: addressTexts(link),
    ...(peer === undefined ? {} : { peer: linkEnd(graph, peer) }),
    ...(lower === undefined ? {} : { lowerLink: linkEnd(graph, lower) }),
    ...optional('bridge', bridgeOf(graph, link)?.facts.ifname),
  };
};

const containerRow = (graph: Graph, node: ContainerNode, names: ReadonlyMap<string, string>): ContainerRow => {
  const { facts } = node;
  const links = node.links.flatMap((id) => graph.links.get(id) ?? []);
  const owner = facts.sharesNetnsOf;
  return {
    ...containerRef(node),
    ...hostRef(graph, node.host),
    image: facts.image,
    state: facts.state,
    ...(facts.pid > 0 ? { pid: facts.pid } : {}),
    ...(node.netns === undefined ? {} : { netns: netnsRef(graph, node.netns) }),
    ...optional('sharesNetnsOf', owner === undefined ? undefined : (names.get(owner) ?? owner)),
    ...optional('compose', facts.compose),
    networks: facts.endpoints.map((endpoint) => endpoint.network),
    ports: facts.ports.map(formatPort),
    links: links.map((link) => linkOf(graph, link)),
  };
};

export const listContainers = (graph: Graph): ContainerRow[] => {
  const nodes = [...graph.containers.values()].sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
  const names = new Map(nodes.map((node) => [node.facts.fullId, node.facts.name] as const));
  return nodes.map((node) => containerRow(graph, node, names));
};
