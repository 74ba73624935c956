/** Links whose packets a program carries to the other hosts: flannel's udp backend and Weave. Made known as tunnels to the picture that is traced. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import type { Socket } from '../../model/socket.ts';

export interface Daemon {
  readonly system: 'flannel' | 'weave';
  /** `flanneld (pid 812)`. */
  readonly name: string;
  /** Its socket between the hosts; absent: nobody has it open. `unread`: sockets were not read. */
  readonly socket?: Socket | 'unread';
}

/** The link as a tunnel: what tunnelOf makes one of. */
interface Found {
  readonly daemon: Daemon;
  /** UDP port that packets go by, and one to fall back to. */
  readonly port: number;
  readonly alsoPort?: number;
}

const flannelPort = 8285;
/** Sleeve, which every Weave router speaks, and the fast datapath. */
const sleevePort = 6783;
const fastPort = 6784;

const socketOf = (graph: Graph, link: LinkNode, comm: string, port: number): Daemon['socket'] => {
  const sockets = graph.netns.get(link.netns)?.facts.sockets;
  if (sockets === undefined) return 'unread';
  const udp = sockets.filter((one) => one.proto === 'udp');
  return (
    udp.find((one) => one.processes.some((process) => process.comm === comm)) ?? udp.find((one) => one.port === port)
  );
};

const daemonOf = (graph: Graph, link: LinkNode, system: Daemon['system'], comm: string, port: number): Daemon => {
  const socket = socketOf(graph, link, comm, port);
  const owner = socket === 'unread' ? undefined : socket?.processes[0];
  return {
    system,
    name: owner === undefined ? comm : `${owner.comm} (pid ${owner.pid})`,
    ...(socket !== undefined && { socket }),
  };
};

const portOf = ({ socket }: Daemon, usual: number): number => (typeof socket === 'object' ? socket.port : usual);

const findFlannel = (graph: Graph, link: LinkNode): Found | undefined => {
  if (link.kind !== 'tun' || !/^flannel\d+$/.test(link.facts.ifname)) return undefined;
  const daemon = daemonOf(graph, link, 'flannel', 'flanneld', flannelPort);
  return { daemon, port: portOf(daemon, flannelPort) };
};

/** The bridge's side of the pair: the router reads frames from the other side, or its datapath takes them. */
const findWeave = (graph: Graph, link: LinkNode): Found | undefined => {
  if (link.kind !== 'veth' || link.facts.ifname !== 'vethwe-bridge' || link.peer?.certainty !== 'exact')
    return undefined;
  const peer = graph.links.get(link.peer.to)?.facts.ifname;
  if (peer !== 'vethwe-pcap' && peer !== 'vethwe-datapath') return undefined;
  const daemon = daemonOf(graph, link, 'weave', 'weaver', sleevePort);
  return peer === 'vethwe-pcap' ? { daemon, port: sleevePort } : { daemon, port: fastPort, alsoPort: sleevePort };
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
