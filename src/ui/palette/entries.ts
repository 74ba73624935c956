/** Everything the jump palette can lead to, made once per graph: things, addresses, views; ends for a trace. */
import type { ContainerNode, Graph, LinkNode } from '../../graph/graph.ts';
import type { HostId } from '../../model/ids.ts';
import { plainAddressesOf, portText } from '../format/names.ts';
import { sortKey } from '../format/sort-key.ts';
import type { Glyphs } from '../format/theme.ts';
import { amongHosts, linkName, linksOf, peerOf } from '../graph-index.ts';
import { portKey, type Ref } from '../ref.ts';
import type { ViewId } from '../state/ui-state.ts';
import { allViews } from '../views/views.ts';

export type Target =
  | { readonly kind: 'ref'; readonly ref: Ref }
  | { readonly kind: 'view'; readonly view: ViewId }
  | { readonly kind: 'endpoint'; readonly text: string };

export interface Entry {
  readonly label: string;
  /** What tells equal labels apart. */
  readonly hint: string;
  readonly kind: string;
  readonly target: Target;
  /** Label and hint in lower case. */
  readonly search: string;
}

const entry = (label: string, hint: string, kind: string, target: Target): Entry => ({
  label,
  hint,
  kind,
  target,
  search: `${label} ${hint}`.toLowerCase(),
});

const thing = (label: string, hint: string, ref: Ref): Entry => entry(label, hint, ref.kind, { kind: 'ref', ref });

const linkHint = (graph: Graph, link: LinkNode): string => {
  const peer = peerOf(graph, link);
  const end = peer === undefined ? link.kind : `peer ${linkName(graph, peer)}`;
  return `${linkName(graph, link)} #${link.facts.ifindex} ${end} ${link.facts.address ?? ''}`;
};

const addressEntries = (graph: Graph, link: LinkNode): readonly Entry[] => {
  const container =
    graph.netns.get(link.netns)?.facts.isHost === true ? undefined : graph.netns.get(link.netns)?.containers[0];
  const peer = peerOf(graph, link);
  const hint = `${linkName(graph, link)}${peer === undefined ? '' : ` peer ${linkName(graph, peer)}`}`;
  const ref: Ref = container === undefined ? { kind: 'link', id: link.id } : { kind: 'container', id: container };
  return plainAddressesOf(link).map((address) => entry(address, hint, 'address', { kind: 'ref', ref }));
};

export const buildJumpEntries = (graph: Graph, glyphs: Glyphs): readonly Entry[] => {
  const links = [...graph.links.values()].filter((link) => link.facts.ifname !== 'lo');
  return [
    ...[...graph.containers.values()].map((container) =>
      thing(
        container.facts.name,
        `${container.facts.state} ${container.facts.image} ${container.facts.fullId.slice(0, 12)}`,
        { kind: 'container', id: container.id },
      ),
    ),
    ...[...graph.networks.values()].map((network) =>
      thing(
        network.facts.name,
        `${network.facts.driver} ${network.facts.subnets.map((subnet) => subnet.subnet).join(' ')}`,
        { kind: 'network', id: network.id },
      ),
    ),
    ...links.map((link) => thing(link.facts.ifname, linkHint(graph, link), { kind: 'link', id: link.id })),
    ...links.flatMap((link) => addressEntries(graph, link)),
    ...[...graph.netns.values()].map((netns) =>
      thing(netns.name, `netns ${netns.facts.inode} ${netns.facts.names.join(' ')}`, { kind: 'netns', id: netns.id }),
    ),
    ...graph.ports.map((port) =>
      thing(portText(port, glyphs), graph.containers.get(port.container)?.facts.name ?? '', {
        kind: 'port',
        id: portKey(port),
      }),
    ),
    ...allViews.map((view) =>
      entry(view.title, `view ${view.aliases.join(' ')}`, 'view', { kind: 'view', view: view.id }),
    ),
  ];
};

/** Ports something listens on, reachable from outside its netns; the engine's resolver on 127.0.0.11 is not. */
const openPorts = (graph: Graph, container: ContainerNode): readonly string[] => {
  const sockets = container.netns === undefined ? [] : (graph.netns.get(container.netns)?.facts.sockets ?? []);
  const texts = sockets
    .filter(
      (socket) =>
        (socket.proto === 'tcp' || socket.proto === 'udp' || socket.proto === 'sctp') &&
        !socket.local.startsWith('127.') &&
        socket.local !== '::1',
    )
    .map((socket) => `${socket.port}/${socket.proto}`);
  const published = graph.ports
    .filter((port) => port.container === container.id)
    .map((port) => `${port.published.containerPort}/${port.published.proto}`);
  return [...new Set([...texts, ...published])];
};

const end = (text: string, hint: string, kind: string): Entry => entry(text, hint, kind, { kind: 'endpoint', text });

const byName = (a: ContainerNode, b: ContainerNode): number => {
  const [one, other] = [sortKey(a.facts.name), sortKey(b.facts.name)];
  return one < other ? -1 : one > other ? 1 : 0;
};

/** A name other containers share would be refused as ambiguous: the id then. Among several hosts each name has its host in front. */
const nameOf = (graph: Graph, container: ContainerNode, names: ReadonlyMap<string, number>): string =>
  (names.get(amongHosts(graph, container.host, container.facts.name)) ?? 0) > 1
    ? container.facts.fullId.slice(0, 12)
    : amongHosts(graph, container.host, container.facts.name);

/** `host` where there is only one. */
const hostEnds = (graph: Graph): ReadonlyMap<HostId, string> =>
  new Map([...graph.hosts.keys()].map((id) => [id, graph.hosts.size > 1 ? `host:${id}` : 'host']));

export const buildEndEntries = (graph: Graph, purpose: 'from' | 'to'): readonly Entry[] => {
  const running = [...graph.containers.values()].filter((container) => container.netns !== undefined).sort(byName);
  // To a thing without a port an echo is sent.
  const bare = purpose === 'to' ? 'ping' : 'from';
  const names = new Map<string, number>();
  for (const { host, facts } of graph.containers.values()) {
    const name = amongHosts(graph, host, facts.name);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  const hosts = hostEnds(graph);
  const addressesText = (container: ContainerNode): string =>
    container.facts.mode === 'host'
      ? 'in the host'
      : linksOf(graph, container.links).flatMap(plainAddressesOf).join(' ');
  const containers = running.flatMap((container) => {
    const name = nameOf(graph, container, names);
    const ports = purpose === 'to' ? openPorts(graph, container) : [];
    return [
      ...ports.map((port) => end(`${name}:${port}`, addressesText(container), 'port')),
      end(name, addressesText(container), bare),
    ];
  });
  const netns = [...graph.netns.values()]
    .filter((node) => !node.facts.isHost && node.containers.length === 0 && node.facts.inode !== 0)
    .map((node) => end(`netns:${node.facts.inode}`, node.name, bare));
  const published =
    purpose === 'to'
      ? [
          ...new Set(
            graph.ports.map(({ host, published: { hostPort, proto } }) => `${hosts.get(host)}:${hostPort}/${proto}`),
          ),
        ].map((text) => end(text, 'published on the host', 'port'))
      : [];
  return [
    ...containers,
    ...[...hosts.values()].map((text) => end(text, text === 'host' ? 'this host itself' : 'the host itself', bare)),
    end('outside', 'beyond the default route', bare),
    ...published,
    ...netns,
  ];
};
