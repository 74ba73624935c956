/** Links Docker made: proven by an engine's network or endpoint, never by a name alone unless it says so. */
import type { ContainerNode, Graph, LinkNode, NetworkNode } from '../graph/graph.ts';
import type { Endpoint } from '../model/container.ts';
import { endpointOf, engineName } from './endpoint-of.ts';
import { type Label, type LinkSubject, labelOf, type System } from './system.ts';

function networkOn(graph: Graph, link: LinkNode): NetworkNode | undefined {
  for (const network of graph.networks.values()) {
    if (network.link?.certainty === 'exact' && network.link.to === link.id) return network;
  }
  return undefined;
}

function containersIn(graph: Graph, link: LinkNode): readonly ContainerNode[] {
  return (graph.netns.get(link.netns)?.containers ?? []).flatMap((id) => graph.containers.get(id) ?? []);
}

const ownDrivers = new Set(['', 'bridge', 'overlay', 'macvlan', 'ipvlan', 'host', 'null']);

/** The plugin that wires an endpoint's network, where that is not the engine itself. */
function foreignDriver(graph: Graph, { networkId, network }: Endpoint): string | undefined {
  const found = [...graph.networks.values()].find(
    ({ facts }) => facts.fullId === networkId || (networkId === '' && facts.name === network),
  );
  const driver = found?.facts.driver ?? '';
  return ownDrivers.has(driver) ? undefined : driver;
}

/** The end inside a container: the engine's, or its plugin's, when one of its endpoints has this MAC or address. */
function labelInside({ graph, link }: LinkSubject): Label | undefined {
  for (const container of containersIn(graph, link)) {
    const endpoint = endpointOf(container, link);
    if (endpoint === undefined) continue;
    const driver = foreignDriver(graph, endpoint);
    const maker = driver === undefined ? engineName(container.facts.engine) : `network driver ${driver}`;
    return labelOf(maker)(`${container.facts.name}'s link on network ${endpoint.network}`);
  }
  return undefined;
}

function labelVeth(subject: LinkSubject): Label | undefined {
  const { graph, link } = subject;
  const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
  if (peer === undefined) return undefined;
  for (const container of containersIn(graph, peer)) {
    const endpoint = endpointOf(container, peer);
    // A plugin's wiring is for the plugin's own recogniser to name.
    if (endpoint !== undefined && foreignDriver(graph, endpoint) === undefined)
      return labelOf(engineName(container.facts.engine))(
        `host end of ${container.facts.name}'s ${peer.facts.ifname} (network ${endpoint.network})`,
      );
  }
  const master = link.master === undefined ? undefined : graph.links.get(link.master);
  if (master?.facts.ifname !== 'docker_gwbridge') return undefined;
  const who = graph.netns.get(peer.netns)?.name ?? 'a sandbox';
  return labelOf('Docker', 'likely')(`host end of ${who}'s way out of its overlay networks`);
}

function labelBridge({ graph, link }: LinkSubject): Label | undefined {
  const network = networkOn(graph, link);
  const { ifname } = link.facts;
  if (network !== undefined) {
    const engine = labelOf(engineName(network.facts.engine));
    if (network.facts.name === 'docker_gwbridge')
      return engine('way out of overlay networks, for containers and the ingress sandbox');
    return engine(`bridge of network ${network.facts.name}${network.facts.internal ? ' (internal: no way out)' : ''}`);
  }
  const byName = labelOf('Docker', 'name only');
  if (ifname === 'docker0') return byName("named like the bridge of Docker's default network");
  if (ifname === 'docker_gwbridge') return byName('named like the way out of overlay networks');
  return /^br-[0-9a-f]{12}$/.test(ifname)
    ? byName('named like the bridge of a Docker network that no visible engine has')
    : undefined;
}

export const dockerLinks: System = {
  name: 'docker links',
  labelLink(subject) {
    const { graph, link } = subject;
    if (link.kind === 'bridge') {
      const bridge = labelBridge(subject);
      if (bridge !== undefined) return bridge;
    }
    const network = link.kind === 'bridge' ? undefined : networkOn(graph, link);
    if (link.kind === 'veth') return labelVeth(subject) ?? labelInside(subject);
    if (link.kind === 'macvlan' || link.kind === 'ipvlan' || link.kind === 'unknown') return labelInside(subject);
    // A dummy stands in for the parent of an internal macvlan (dm-) or ipvlan (di-) network.
    if (link.kind === 'dummy' && /^d[mi]-[0-9a-f]{12}$/.test(link.facts.ifname))
      return labelOf(
        'Docker',
        network === undefined ? 'likely' : 'certain',
      )('stands in for the parent of a macvlan or ipvlan network without a way out');
    if (link.kind === 'vlan' && network !== undefined)
      return labelOf(
        engineName(network.facts.engine),
        'likely',
      )(`VLAN link that network ${network.facts.name} sits on`);
    return undefined;
  },
};
