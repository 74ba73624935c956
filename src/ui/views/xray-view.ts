/** The x-ray tree: network → container → link → port → rule, everything below one thing, or below all networks. */
import type { ContainerNode, LinkNode, NetworkNode, PortNode } from '../../graph/graph.ts';
import { containerHealth, type Health, healthMark, isFaulty, linkHealth, networkHealth } from '../format/health.ts';
import { joined, type Line, line, span, type Words } from '../format/line.ts';
import { addressesOf, exactHostEndOf, relationText, socketText } from '../format/names.ts';
import { linksOf, masterOf, peerOf } from '../graph-index.ts';
import { portKey, type Ref, refKey } from '../ref.ts';
import { drawTree, type MapNode } from './map/branch.ts';
import { portHealth } from './ports-view.ts';
import type { View, ViewContext } from './view.ts';

const node = (
  path: string,
  ref: Ref,
  health: Health,
  words: () => Line,
  children: readonly MapNode[],
  { glyphs }: ViewContext,
): MapNode => ({
  item: {
    id: `${path}/${refKey(ref)}`,
    ref,
    faulty: isFaulty(health) || children.some((child) => child.item.faulty),
  },
  words: () => line(healthMark(health, glyphs), ' ', words()),
  children,
});

const factNode = (path: string, words: () => Words, ref?: Ref): MapNode => ({
  item: { id: path, faulty: false, ...(ref === undefined ? {} : { ref }) },
  words: () => line(words()),
  children: [],
});

const portNode = (path: string, port: PortNode, context: ViewContext): MapNode => {
  const id = `${path}/${portKey(port)}`;
  const rules = (port.dnatRules ?? []).map((rule, at) =>
    factNode(`${id}/dnat ${at}`, () => line(span('rule ', 'dim'), rule)),
  );
  const { hostSocket, listener } = port;
  const proxy =
    hostSocket === undefined
      ? []
      : [factNode(`${id}/host`, () => line(span(`${hostSocket.role} `, 'dim'), socketText(hostSocket.socket)))];
  const listening = factNode(`${id}/listener`, () => {
    if (listener === undefined) return span('? sockets in the container were not read', 'doubt');
    return listener === null ? span('nobody listens', 'bad') : line(span('listener ', 'dim'), socketText(listener));
  });
  const words = (): Line =>
    line(
      span('published ', 'dim'),
      `${exactHostEndOf(port)} ${context.glyphs.arrow} ${port.published.containerPort}/${port.published.proto}`,
    );
  return node(
    path,
    { kind: 'port', id: portKey(port) },
    portHealth(port),
    words,
    [...rules, ...proxy, listening],
    context,
  );
};

const linkNode = (path: string, link: LinkNode, context: ViewContext): MapNode => {
  const { graph, index, glyphs } = context;
  const id = `${path}/link ${link.id}`;
  const peer = peerOf(graph, link);
  const bridge = masterOf(graph, peer);
  const words = (): Line =>
    line(
      link.facts.ifname,
      '  ',
      span(addressesOf(link).join(' '), 'strong'),
      span(`  ${link.facts.address ?? ''}`, 'dim'),
    );
  const children = [
    ...(link.peer === undefined
      ? []
      : [
          factNode(
            `${id}/peer`,
            () => line(`${glyphs.peer} `, relationText(link.peer, index)),
            peer && { kind: 'link', id: peer.id },
          ),
        ]),
    ...(link.lowerLink === undefined
      ? []
      : [factNode(`${id}/lower`, () => line(span('on ', 'dim'), relationText(link.lowerLink, index)))]),
    ...(bridge === undefined
      ? []
      : [
          factNode(
            `${id}/bridge`,
            () => line(span('port of ', 'dim'), bridge.facts.ifname, span(`  ${peer?.bridgePort?.state ?? ''}`, 'dim')),
            { kind: 'link', id: bridge.id },
          ),
        ]),
    ...(index.faultsOfLink.get(link.id) ?? []).map((fault, at) =>
      factNode(`${id}/fault ${at}`, () => span(fault.text, 'warn')),
    ),
  ];
  return node(path, { kind: 'link', id: link.id }, linkHealth(link, index), words, children, context);
};

/** Of more containers each starts folded: nobody reads a tree of a thousand branches. */
const unfoldedAtMost = 40;

const containerNode = (path: string, container: ContainerNode, context: ViewContext): MapNode => {
  const { graph, index } = context;
  const id = `${path}/container ${container.id}`;
  const ports = index.portsOfContainer.get(container.id) ?? [];
  const own = container.facts.mode === 'host' ? [] : linksOf(graph, container.links);
  const makeChildren = (): readonly MapNode[] => [
    ...own.map((link) => linkNode(id, link, context)),
    ...ports.map((port) => portNode(id, port, context)),
  ];
  const words = (): Line =>
    line(span(container.facts.name, 'strong'), span(`  ${container.facts.state}  ${container.facts.image}`, 'dim'));
  const ref = { kind: 'container', id: container.id } as const;
  const health = containerHealth(container, index);
  if (context.place.root !== undefined || graph.containers.size <= unfoldedAtMost)
    return node(path, ref, health, words, makeChildren(), context);
  const folded = node(path, ref, health, words, [], context);
  let made: readonly MapNode[] | undefined;
  return {
    ...folded,
    item: { ...folded.item, faulty: folded.item.faulty || ports.some((port) => isFaulty(portHealth(port))) },
    keywords: () => own.map((link) => peerOf(graph, link)?.facts.ifname ?? '').join(' '),
    ...(own.length + ports.length === 0 ? {} : { startsFolded: true as const }),
    get children() {
      made ??= makeChildren();
      return made;
    },
  };
};

const networkNode = (network: NetworkNode, context: ViewContext): MapNode => {
  const { graph, index } = context;
  const members = network.containers.flatMap((id) => graph.containers.get(id) ?? []);
  const words = (): Line =>
    line(
      span(network.facts.name, 'strong'),
      span(`  ${network.facts.driver}  `, 'dim'),
      joined([relationText(network.link, index), network.facts.subnets.map((subnet) => subnet.subnet).join(' ')], '  '),
    );
  const children = members.map((container) => containerNode(`network ${network.id}`, container, context));
  return node('', { kind: 'network', id: network.id }, networkHealth(network, index), words, children, context);
};

const rootsOf = (context: ViewContext): readonly MapNode[] => {
  const { graph, place } = context;
  const root = place.root;
  if (root?.kind === 'container') {
    const container = graph.containers.get(root.id);
    return container === undefined ? [] : [containerNode('', container, context)];
  }
  if (root?.kind === 'network') {
    const network = graph.networks.get(root.id);
    return network === undefined ? [] : [networkNode(network, context)];
  }
  const placed = new Set([...graph.networks.values()].flatMap((network) => network.containers));
  const rest = [...graph.containers.values()].filter((container) => !placed.has(container.id));
  return [
    ...[...graph.networks.values()].map((network) => networkNode(network, context)),
    ...rest.map((container) => containerNode('', container, context)),
  ];
};

export const xrayView: View = {
  id: 'xray',
  title: 'X-ray',
  key: 'x',
  aliases: ['xray', 'x-ray', 'tree'],
  about:
    'Everything below a network or a container, down to the rules that serve its ports. ⏎ folds; x on a container or network starts there.',
  empty: 'No networks and no containers to look through.',
  columns: [],
  deps: (state) => [state.place.toggled, state.place.root],
  build: (context) => rootsOf(context).flatMap((root) => drawTree(root, context)),
};
