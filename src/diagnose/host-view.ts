/** One host arranged for checks: its engines with their bridges and containers, and look-ups that are done once. */
import type { ContainerNode, Graph, LinkNode, NetnsNode, NetworkNode, PortNode } from '../graph/graph.ts';
import { findEngineNetns, isRunning } from '../graph/resolve-container-netns.ts';
import type { Endpoint, Engine } from '../model/container.ts';
import type { HostId, LinkId, NetnsId } from '../model/ids.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { HostFacts, Snapshot } from '../model/snapshot.ts';
import { parseRuleset } from '../netfilter/parse-ruleset.ts';
import { endpointOf } from '../systems/endpoint-of.ts';

/** A running container's place on one network. */
export interface Attachment {
  readonly container: ContainerNode;
  readonly endpoint: Endpoint;
  /** The end inside; absent: none of its links has the endpoint's address or MAC, or they were not read. */
  readonly inside?: LinkNode;
  /** The other end, when the pair is proven. */
  readonly outside?: LinkNode;
}

/** A network, and who runs on it. */
export interface AttachedNetwork {
  readonly network: NetworkNode;
  readonly attachments: readonly Attachment[];
}

export interface BridgeNetwork extends AttachedNetwork {
  /** Name the engine gives the bridge, whether or not it exists. */
  readonly ifname: string;
  readonly bridge?: LinkNode;
}

export interface EngineView {
  readonly engine: Engine;
  /** Where its bridges and rules are. */
  readonly netns?: NetnsNode;
  readonly containers: readonly ContainerNode[];
  readonly running: readonly ContainerNode[];
  readonly networks: readonly NetworkNode[];
  /** Networks of driver bridge, with who runs on them. */
  readonly bridges: readonly BridgeNetwork[];
  /** Networks whose containers sit on a link of the host: drivers macvlan and ipvlan. */
  readonly onParents: readonly AttachedNetwork[];
  readonly ports: readonly PortNode[];
}

export interface Earlier {
  readonly home: NetnsNode;
  readonly seconds: number;
}

export interface HostView {
  readonly graph: Graph;
  readonly id: HostId;
  readonly facts: HostFacts;
  readonly snapshot: Snapshot;
  readonly home?: NetnsNode;
  readonly engines: readonly EngineView[];
  readonly netns: readonly NetnsNode[];
  /** The same host some seconds before; absent when there is one picture only. */
  readonly earlier?: Earlier;
  link(id: LinkId | undefined): LinkNode | undefined;
  linkNamed(netns: NetnsId, ifname: string): LinkNode | undefined;
  netnsOf(id: NetnsId | undefined): NetnsNode | undefined;
  /** undefined: not read. */
  ruleset(netns: NetnsNode): Ruleset | undefined;
}

const rulesets = new WeakMap<object, Ruleset>();

/** Parsed once per text: a snapshot never changes. */
export function rulesetOf(netns: NetnsNode): Ruleset | undefined {
  const text = netns.facts.ruleset;
  if (text === undefined) return undefined;
  const known = rulesets.get(text) ?? parseRuleset(text);
  rulesets.set(text, known);
  return known;
}

function bridgeName(network: NetworkNode): string {
  const { options, fullId, name } = network.facts;
  const given = options['com.docker.network.bridge.name'] ?? options['network_interface'];
  if (given !== undefined && given !== '') return given;
  return name === 'bridge' || options['com.docker.network.bridge.default_bridge'] === 'true'
    ? 'docker0'
    : `br-${fullId.slice(0, 12)}`;
}

function attach(graph: Graph, container: ContainerNode, endpoint: Endpoint): Attachment {
  const inside = container.links
    .map((id) => graph.links.get(id))
    .find((link) => link !== undefined && endpointOf(container, link) === endpoint);
  const peer = inside?.peer?.certainty === 'exact' ? graph.links.get(inside.peer.to) : undefined;
  return {
    container,
    endpoint,
    ...(inside === undefined ? {} : { inside }),
    ...(peer === undefined ? {} : { outside: peer }),
  };
}

function viewNetworks(
  graph: Graph,
  networks: readonly NetworkNode[],
  running: readonly ContainerNode[],
): readonly AttachedNetwork[] {
  const byId = new Map<string, Attachment[]>();
  const add = (key: string, attachment: Attachment) => {
    const list = byId.get(key);
    if (list === undefined) byId.set(key, [attachment]);
    else list.push(attachment);
  };
  for (const container of running) {
    if (container.facts.mode === 'container' || container.facts.mode === 'host') continue;
    for (const endpoint of container.facts.endpoints)
      add(endpoint.networkId || endpoint.network, attach(graph, container, endpoint));
  }
  return networks.map((network) => ({
    network,
    attachments: byId.get(network.facts.fullId) ?? byId.get(network.facts.name) ?? [],
  }));
}

function withBridge(graph: Graph, { network, attachments }: AttachedNetwork): BridgeNetwork {
  const link = network.link?.certainty === 'exact' ? graph.links.get(network.link.to) : undefined;
  return {
    network,
    ifname: link?.facts.ifname ?? bridgeName(network),
    ...(link === undefined ? {} : { bridge: link }),
    attachments,
  };
}

function viewEngine(graph: Graph, snapshot: Snapshot, engine: Engine): EngineView {
  const netnsId = findEngineNetns(engine, snapshot);
  const netns = netnsId === undefined ? undefined : graph.netns.get(netnsId);
  const mine = new Set(engine.containers.map((container) => container.id));
  const containers = engine.containers.flatMap((container) => graph.containers.get(container.id) ?? []);
  const running = containers.filter((container) => isRunning(container.facts));
  const networks = engine.networks.flatMap((network) => graph.networks.get(network.id) ?? []);
  const attached = viewNetworks(graph, networks, running);
  const drivenBy = (...drivers: readonly string[]) =>
    attached.filter(({ network }) => drivers.includes(network.facts.driver));
  return {
    engine,
    ...(netns === undefined ? {} : { netns }),
    containers,
    running,
    networks,
    bridges: drivenBy('bridge').map((each) => withBridge(graph, each)),
    onParents: drivenBy('macvlan', 'ipvlan'),
    ports: graph.ports.filter((port) => mine.has(port.container)),
  };
}

export function buildHostView(graph: Graph, snapshot: Snapshot, earlier?: Earlier): HostView {
  const id = snapshot.host.id;
  const netns = snapshot.netns.flatMap((facts) => graph.netns.get(facts.id) ?? []);
  const home = netns.find((node) => node.facts.isHost);
  const named = new Map<NetnsId, ReadonlyMap<string, LinkNode>>();
  const linksOf = (of: NetnsId): ReadonlyMap<string, LinkNode> => {
    const known = named.get(of);
    if (known !== undefined) return known;
    const links = (graph.netns.get(of)?.links ?? []).flatMap((link) => graph.links.get(link) ?? []);
    const made = new Map(links.map((link) => [link.facts.ifname, link]));
    named.set(of, made);
    return made;
  };
  return {
    graph,
    id,
    facts: snapshot.host,
    snapshot,
    ...(home === undefined ? {} : { home }),
    ...(earlier === undefined ? {} : { earlier }),
    engines: snapshot.engines.map((engine) => viewEngine(graph, snapshot, engine)),
    netns,
    link: (link) => (link === undefined ? undefined : graph.links.get(link)),
    linkNamed: (of, ifname) => linksOf(of).get(ifname),
    netnsOf: (of) => (of === undefined ? undefined : graph.netns.get(of)),
    ruleset: rulesetOf,
  };
}

/** Value of a sysctl, by its name under net.; undefined: not read, or not there. */
export const sysctlOf = (netns: NetnsNode | undefined, name: string): string | undefined =>
  netns?.facts.sysctls?.[name];

export const isUp = (link: LinkNode): boolean => link.facts.flags.includes('UP');

/** `on br-app` as sources name a netns: `(host)`, `(web)`. */
export const where = (netns: NetnsNode | undefined): string => `(${netns?.name ?? 'unknown netns'})`;

/** Engine option, with the default where it is not set. */
export const optionOf = (network: NetworkNode, name: string): string | undefined => network.facts.options[name];

/** Gateway mode of a bridge network (28+): `nat` unless the network says otherwise. */
export const gatewayMode = (network: NetworkNode, family: 4 | 6 = 4): string =>
  network.facts.options[`com.docker.network.bridge.gateway_mode_ipv${family}`] ?? 'nat';
