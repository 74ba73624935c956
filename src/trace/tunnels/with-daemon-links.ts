/** Links whose packets a program carries to the other hosts: flannel's udp backend and Weave. Made known as tunnels to the picture that is traced. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { type Carrier, carrierPorts, findCarrier } from '../../systems/carrier.ts';

export interface Daemon extends Carrier {
  readonly system: 'flannel' | 'weave';
}

/** The link as a tunnel: what tunnelOf makes one of. */
interface Found {
  readonly daemon: Daemon;
  /** UDP port that packets go by, and one to fall back to. */
  readonly port: number;
  readonly alsoPort?: number;
}

const daemonOf = (
  graph: Graph,
  link: LinkNode,
  system: Daemon['system'],
  comm: string,
  port: number,
): Daemon | undefined => {
  const netns = graph.netns.get(link.netns);
  return netns && { system, ...findCarrier(netns, comm, port) };
};

const portOf = ({ socket }: Daemon, usual: number): number => (typeof socket === 'object' ? socket.port : usual);

const findFlannel = (graph: Graph, link: LinkNode): Found | undefined => {
  if (link.kind !== 'tun' || !/^flannel\d+$/.test(link.facts.ifname)) return undefined;
  const daemon = daemonOf(graph, link, 'flannel', 'flanneld', carrierPorts.flannel);
  return daemon && { daemon, port: portOf(daemon, carrierPorts.flannel) };
};

/** The bridge's side of the pair: the router reads frames from the other side, or its datapath takes them. */
const findWeave = (graph: Graph, link: LinkNode): Found | undefined => {
  if (link.kind !== 'veth' || link.facts.ifname !== 'vethwe-bridge' || link.peer?.certainty !== 'exact')
    return undefined;
  const peer = graph.links.get(link.peer.to)?.facts.ifname;
  if (peer !== 'vethwe-pcap' && peer !== 'vethwe-datapath') return undefined;
  const daemon = daemonOf(graph, link, 'weave', 'weaver', carrierPorts.sleeve);
  if (daemon === undefined) return undefined;
  return peer === 'vethwe-pcap'
    ? { daemon, port: carrierPorts.sleeve }
    : { daemon, port: carrierPorts.fastDatapath, alsoPort: carrierPorts.sleeve };
};

const asTunnel = (link: LinkNode, { daemon, ...ports }: Found): LinkNode => ({
  ...link,
  kind: daemon.system,
  facts: { ...link.facts, linkinfo: { ...link.facts.linkinfo, info_data: { ...ports, daemon } } },
});

/** The same graph where there are none. */
export const withDaemonLinks = (graph: Graph): Graph => {
  const found = [...graph.links.values()].flatMap((link) => {
    const one = findFlannel(graph, link) ?? findWeave(graph, link);
    return one === undefined ? [] : [asTunnel(link, one)];
  });
  if (found.length === 0) return graph;
  return { ...graph, links: new Map([...graph.links, ...found.map((link) => [link.id, link] as const)]) };
};
