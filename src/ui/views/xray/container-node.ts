/** A container in the x-ray: its links with their other ends, its published ports down to the rules that serve them. */
import type { ContainerNode, LinkNode, PortNode } from '../../../graph/graph.ts';
import { containerHealth, type Health, healthMark, isFaulty, linkHealth } from '../../format/health.ts';
import { type Line, line, span, type Words } from '../../format/line.ts';
import { addressesOf, exactHostEndOf, relationText, socketText } from '../../format/names.ts';
import { linksOf, masterOf, peerOf } from '../../graph-index.ts';
import { portKey, type Ref, refKey } from '../../ref.ts';
import type { MapNode } from '../map/branch.ts';
import { portHealth } from '../ports-view.ts';
import type { ViewContext } from '../view.ts';

export const node = (
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

/** Links the kernel puts into every netns with a tunnel's module loaded: nobody uses them as long as they have no address. */
const isIdle = (link: LinkNode): boolean =>
  link.state === 'down' && link.addresses.length === 0 && link.peer === undefined && link.lowerLink === undefined;

const isOn = (link: LinkNode, bridge: LinkNode | undefined, { graph }: ViewContext): boolean =>
  bridge !== undefined &&
  (peerOf(graph, link)?.master === bridge.id ||
    (link.lowerLink?.certainty === 'exact' && link.lowerLink.to === bridge.id));

/** Below a network (`bridge`: what carries it) only the links that are on it, where it is known which those are. */
export const containerNode = (
  path: string,
  container: ContainerNode,
  context: ViewContext,
  bridge?: LinkNode,
): MapNode => {
  const { graph, index } = context;
  const id = `${path}/container ${container.id}`;
  const ports = index.portsOfContainer.get(container.id) ?? [];
  const all = container.facts.mode === 'host' ? [] : linksOf(graph, container.links).filter((link) => !isIdle(link));
  const there = all.filter((link) => isOn(link, bridge, context));
  const own = there.length > 0 ? there : all;
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
