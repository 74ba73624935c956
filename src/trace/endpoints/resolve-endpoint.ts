/** Which end of a connection a word means: a container, a netns, a process, the host, outside, or an address. */
import type { ContainerNode, Graph, NetnsNode } from '../../graph/graph.ts';
import type { ContainerId, HostId, NetnsId } from '../../model/ids.ts';
import type { Proto } from '../../model/packet.ts';
import { formatAddress, parseAddress } from '../../std/ip-address.ts';
import { parseTarget } from './parse-target.ts';

export interface Endpoint {
  /** As it is called in answers: a container's or netns' name, `outside`, an address. */
  readonly name: string;
  /** Absent: beyond what can be seen. */
  readonly netns?: NetnsId;
  readonly container?: ContainerId;
  /** Where it lives; absent: beyond what can be seen. */
  readonly host?: HostId;
  /** Given as an address: the one that is meant. */
  readonly address?: string;
  readonly port?: number;
  readonly proto?: Proto;
}

export type EndpointError = { readonly error: string };

const ofContainer = (container: ContainerNode): Endpoint | EndpointError => {
  const { name, state } = container.facts;
  if (container.netns === undefined) {
    const why = state === 'running' ? 'its netns was not found' : `it is ${state}`;
    return { error: `${name} has no network: ${why}` };
  }
  return { name, netns: container.netns, container: container.id, host: container.host };
};

const ofNetns = (node: NetnsNode): Endpoint => ({ name: node.name, netns: node.id, host: node.host });

const containersNamed = (graph: Graph, word: string): readonly ContainerNode[] => {
  const all = [...graph.containers.values()];
  const exact = all.filter(({ facts }) => facts.name === word || facts.fullId === word);
  if (exact.length > 0) return exact;
  const byService = all.filter(({ facts }) => facts.compose?.service === word);
  if (byService.length > 0) return byService;
  return /^[0-9a-f]{3,}$/.test(word) ? all.filter(({ facts }) => facts.fullId.startsWith(word)) : [];
};

const netnsNamed = (graph: Graph, word: string): readonly NetnsNode[] => {
  const all = [...graph.netns.values()];
  const exact = all.filter(
    (node) =>
      node.name === word ||
      node.ownName === word ||
      node.facts.names.includes(word) ||
      String(node.facts.inode) === word,
  );
  return exact.length > 0
    ? exact
    : all.filter((node) => node.facts.names.some((name) => name.split('/').at(-1) === word));
};

const netnsOfPid = (graph: Graph, pid: number): readonly NetnsNode[] =>
  [...graph.netns.values()].filter((node) =>
    node.facts.holders.some((holder) => holder.kind === 'process' && holder.pid === pid),
  );

const hostNetns = (graph: Graph, name: string | undefined): readonly NetnsNode[] =>
  [...graph.hosts.entries()]
    .filter(([id, host]) => name === undefined || id === name || host.facts.hostname === name)
    .map(([, host]) => host.netns && graph.netns.get(host.netns))
    .filter((node) => node !== undefined);

const owners = new WeakMap<Graph, ReadonlyMap<string, ReadonlySet<NetnsId>>>();

/** Address → namespaces that have it; a diagnosis asks for hundreds. */
const findOwners = (graph: Graph): ReadonlyMap<string, ReadonlySet<NetnsId>> => {
  const found = new Map<string, Set<NetnsId>>();
  for (const link of graph.links.values()) {
    // A netns of which only links are known cannot be asked; a packet from there comes as from outside.
    if (link.kind === 'loopback' || graph.netns.get(link.netns)?.facts.routes === undefined) continue;
    for (const { local } of link.addresses) {
      const holders = found.get(local);
      if (holders === undefined) found.set(local, new Set([link.netns]));
      else holders.add(link.netns);
    }
  }
  return found;
};

const ownersOf = (graph: Graph, address: string): readonly NetnsId[] => {
  const known = owners.get(graph) ?? findOwners(graph);
  owners.set(graph, known);
  return [...(known.get(address) ?? [])];
};

const ofAddress = (graph: Graph, text: string): readonly Endpoint[] => {
  const address = formatAddress(parseAddress(text)!);
  const owners = ownersOf(graph, address);
  if (owners.length === 0) return [{ name: address, address }];
  return owners.map((netns) => {
    const node = graph.netns.get(netns);
    const container = node?.containers[0];
    const host = node && { host: node.host };
    return { name: address, address, netns, ...host, ...(container !== undefined && { container }) };
  });
};

const one = (found: readonly (Endpoint | EndpointError)[], missing: string): readonly Endpoint[] | EndpointError => {
  if (found.length === 0) return { error: missing };
  const good = found.filter((entry) => 'name' in entry);
  return good.length > 0 ? good : (found[0] as EndpointError);
};

/** `HOST/NAME`: what NAME means on that host alone. */
const onHost = (graph: Graph, text: string): readonly Endpoint[] | EndpointError | undefined => {
  const slash = text.indexOf('/');
  const host = hostNetns(graph, text.slice(0, Math.max(slash, 0)))[0]?.host;
  if (slash <= 0 || host === undefined) return undefined;
  const name = text.slice(slash + 1);
  const found = resolveName(graph, name);
  return 'error' in found
    ? found
    : one(
        found.filter((endpoint) => endpoint.host === host),
        `${name}: nothing of that name on ${host}`,
      );
};

const resolveName = (graph: Graph, name: string): readonly Endpoint[] | EndpointError => {
  const [prefix, rest] =
    name.includes(':') && parseAddress(name) === undefined
      ? [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)]
      : [undefined, name];
  switch (prefix) {
    case 'container':
      return one(containersNamed(graph, rest).map(ofContainer), `${rest}: no such container`);
    case 'netns':
      return one(netnsNamed(graph, rest).map(ofNetns), `${rest}: no such netns`);
    case 'pid':
      return one(netnsOfPid(graph, Number(rest)).map(ofNetns), `${rest}: no netns is known for that process`);
    case 'host':
      return one(hostNetns(graph, rest).map(ofNetns), `${rest}: no such host`);
    default:
      return resolveWord(graph, name);
  }
};

const resolveWord = (graph: Graph, word: string): readonly Endpoint[] | EndpointError => {
  if (parseAddress(word) !== undefined) return ofAddress(graph, word);
  const containers = containersNamed(graph, word);
  if (containers.length > 0) return one(containers.map(ofContainer), word);
  if (word === 'host') return one(hostNetns(graph, undefined).map(ofNetns), "the host's netns was not read");
  if (word === 'outside') return [{ name: 'outside' }];
  const there = onHost(graph, word);
  if (there !== undefined) return there;
  return one(netnsNamed(graph, word).map(ofNetns), `${word}: no container, netns or address of that name`);
};

/** Every end the text can mean, best first; several when a name is not unique. */
export const resolveEndpoint = (graph: Graph, text: string): readonly Endpoint[] | EndpointError => {
  const target = parseTarget(text);
  if ('error' in target) return target;
  const found = resolveName(graph, target.name);
  if ('error' in found) return found;
  const { port, proto } = target;
  return found.map((endpoint) => ({
    ...endpoint,
    ...(port !== undefined && { port }),
    ...(proto !== undefined && { proto }),
  }));
};
