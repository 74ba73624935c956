/** What links and addresses in a netns are called by the engines, so that labels say `web` instead of 172.18.0.2. */
import type { Graph } from '../graph/graph.ts';
import type { HostId, NetnsId } from '../model/ids.ts';

export interface Names {
  /** `br-1a2b3c4d5e6f (network app)`, or the link's name alone when no network is known for it. */
  link(ifname: string): string;
  /** The engine network that a bridge carries. */
  network(ifname: string): string | undefined;
  /** The container that has this address; undefined when none or several have it. */
  container(address: string): string | undefined;
  /** `web:80` for 172.18.0.2:80, else as given. */
  target(to: string): string;
  /** `web` for 172.18.0.2/32, else the prefix as given. */
  prefix(prefix: string): string;
}

/** `[fd00::2]:80` and `10.0.0.2:80` → address and port; an address alone has no port. */
export function splitTarget(to: string): { readonly address: string; readonly port?: string } {
  const bracket = /^\[([^\]]+)\](?::(.+))?$/.exec(to);
  if (bracket !== null) return { address: bracket[1]!, ...(bracket[2] === undefined ? {} : { port: bracket[2] }) };
  const colon = /^([^:]*):([^:]+)$/.exec(to);
  if (colon !== null) return { address: colon[1]!, port: colon[2]! };
  return { address: to };
}

type NetworkNames = ReadonlyMap<string, string>;
type ContainerNames = ReadonlyMap<string, string | null>;

/** The maps are made when first asked for: of a thousand netns only a few have rules to be named. */
function makeNames(networks: () => NetworkNames, containers: () => ContainerNames): Names {
  const container = (address: string) => containers().get(address.replace(/\/(32|128)$/, '')) ?? undefined;
  return {
    link: (ifname) => {
      const network = networks().get(ifname);
      return network === undefined || network === ifname ? ifname : `${ifname} (network ${network})`;
    },
    network: (ifname) => networks().get(ifname),
    container,
    target: (to) => {
      const { address, port } = splitTarget(to);
      const name = container(address);
      if (name === undefined) return to;
      return port === undefined ? name : `${name}:${port}`;
    },
    prefix: (prefix) => container(prefix) ?? prefix,
  };
}

export const noNames: Names = makeNames(
  () => new Map(),
  () => new Map(),
);

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const known = new WeakMap<Graph, Map<NetnsId, Names>>();

/** Names as they hold in one netns. Remembered per graph: a graph never changes. */
export function namesIn(graph: Graph | undefined, netns: NetnsId | undefined): Names {
  if (graph === undefined || netns === undefined) return noNames;
  const byNetns = known.get(graph) ?? new Map<NetnsId, Names>();
  known.set(graph, byNetns);
  const before = byNetns.get(netns);
  if (before !== undefined) return before;
  const made = makeNames(
    once(() => networksIn(graph, netns)),
    () => containersOn(graph, graph.netns.get(netns)?.host),
  );
  byNetns.set(netns, made);
  return made;
}

function networksIn(graph: Graph, netns: NetnsId): NetworkNames {
  const networks = new Map<string, string>();
  for (const network of graph.networks.values()) {
    if (network.link?.certainty !== 'exact') continue;
    const link = graph.links.get(network.link.to);
    // A macvlan's parent is no bridge of its own: it does not carry the network's name.
    if (link?.netns === netns && link.kind === 'bridge') networks.set(link.facts.ifname, network.facts.name);
  }
  return networks;
}

const knownContainers = new WeakMap<Graph, Map<HostId | undefined, ContainerNames>>();

/** Addresses given out on one host; the same from whichever of its netns they are looked at. */
function containersOn(graph: Graph, host: HostId | undefined): ContainerNames {
  const byHost = knownContainers.get(graph) ?? new Map<HostId | undefined, ContainerNames>();
  knownContainers.set(graph, byHost);
  const made = byHost.get(host) ?? containersOf(graph, host);
  byHost.set(host, made);
  return made;
}

function containersOf(graph: Graph, host: HostId | undefined): ContainerNames {
  const containers = new Map<string, string | null>();
  for (const node of graph.containers.values()) {
    if (node.host !== host) continue;
    for (const endpoint of node.facts.endpoints) {
      for (const address of [endpoint.ipv4, endpoint.ipv6]) {
        if (address === undefined || address === '') continue;
        containers.set(
          address,
          containers.has(address) && containers.get(address) !== node.facts.name ? null : node.facts.name,
        );
      }
    }
  }
  return containers;
}
