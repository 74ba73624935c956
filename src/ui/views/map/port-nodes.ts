/** What hangs on a bridge or on a lower link: veths with their other end, tunnels, macvlans, in aligned columns. */
import type { LinkNode } from '../../../graph/graph.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { describeOvsVlans } from '../../../systems/describe-ovs.ts';
import { isFaulty, linkHealth } from '../../format/health.ts';
import { joined, type Line, line, type Span, span, type Words, widthOf } from '../../format/line.ts';
import { doubtText, plainAddressesOf, portsText } from '../../format/names.ts';
import { linkName, linksOf, peerOf } from '../../graph-index.ts';
import type { ViewContext } from '../view.ts';
import type { MapNode } from './branch.ts';
import { makerWords, remoteWords } from './wiring-words.ts';

interface Port {
  readonly link: LinkNode;
  readonly near: string;
  readonly joint: Span;
  readonly far: Words;
  readonly address: string;
  readonly notes: readonly Words[];
}

/** Wider names push the rest to the right instead of stretching every row. */
const nameLimit = 26;

const pad = (words: Words, width: number): Line => line(words, span(' '.repeat(Math.max(0, width - widthOf(words)))));

const notesOf = (near: LinkNode, far: LinkNode | undefined, context: ViewContext): readonly Words[] => {
  const { graph, index, glyphs } = context;
  const netns = far === undefined ? undefined : graph.netns.get(far.netns);
  const residents =
    netns?.facts.isHost === true ? [] : (netns?.containers ?? []).flatMap((id) => graph.containers.get(id) ?? []);
  const published = residents.flatMap((container) => portsText(container, index, glyphs));
  const faults = [near.id, ...(far === undefined ? [] : [far.id])].flatMap((id) => index.faultsOfLink.get(id) ?? []);
  const port = near.bridgePort;
  return [
    ...(near.state === 'down' && faults.length === 0 ? [span('host end is down', 'bad')] : []),
    ...(far?.state === 'down' && faults.length === 0 ? [span('inner end is down', 'bad')] : []),
    ...(port !== undefined && port.state !== 'forwarding' && near.state === 'up'
      ? [span(`port ${port.state}`, 'warn')]
      : []),
    ...(near.ovsPort === undefined
      ? []
      : [span(describeOvsVlans(near.ovsPort) ?? '', 'dim')].filter(({ text }) => text !== '')),
    ...(port?.isolated === true ? [span('isolated', 'warn')] : []),
    ...faults.map((fault) => span(fault.text, fault.kind === 'link-down' ? 'bad' : 'warn')),
    ...(published.length > 0 ? [line(span(`${glyphs.from} `, 'accent'), published.join(' '))] : []),
    ...(residents.length > 1
      ? [
          span(
            `+ ${residents
              .slice(1)
              .map((other) => other.facts.name)
              .join(', ')} in this netns`,
            'dim',
          ),
        ]
      : []),
  ];
};

const jointOf = (link: LinkNode, far: LinkNode | undefined, context: ViewContext): Span => {
  const { glyphs } = context;
  if (far === undefined) return span(glyphs.unknown, 'doubt');
  if (link.state === 'down' || far.state === 'down') return span(glyphs.down, 'bad');
  return span(glyphs.peer, link.state === 'up' ? 'good' : 'warn');
};

/** With several hosts every name begins with its host's; beside a link of the same host that says nothing. */
const nameBeside = (link: LinkNode, other: LinkNode, { graph }: ViewContext): string => {
  const host = graph.netns.get(link.netns)?.host;
  const name = linkName(graph, link);
  return graph.netns.get(other.netns)?.host === host && name.startsWith(`${host}/`)
    ? name.slice(`${host}/`.length)
    : name;
};

const vethPort = (link: LinkNode, context: ViewContext, shown: Set<NetnsId>): Port => {
  const far = peerOf(context.graph, link);
  if (far !== undefined) shown.add(far.netns);
  return {
    link,
    near: link.facts.ifname,
    joint: jointOf(link, far, context),
    far:
      far === undefined
        ? span(link.peer === undefined ? 'no peer' : (doubtText(link.peer) ?? ''), 'doubt')
        : nameBeside(far, link, context),
    address: far === undefined ? '' : plainAddressesOf(far).join(' '),
    notes: [...notesOf(link, far, context), ...makerWords([link, ...(far === undefined ? [] : [far])], context)],
  };
};

/** `vxlan id 42`, `macvlan bridge`, `vlan 50`: what tells one link of its kind from another. */
const kindText = (link: LinkNode): string => {
  const data = link.facts.linkinfo?.info_data ?? {};
  const words = ['id', 'mode', 'protocol'].flatMap((key) => {
    const value = data[key];
    // Nearly every VLAN is of this one.
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '802.1Q') return [];
    return [key === 'mode' || (key === 'id' && link.kind === 'vlan') ? String(value) : `${key} ${value}`];
  });
  return [link.kind, ...words].join(' ');
};

const plainPort = (link: LinkNode, context: ViewContext): Port => ({
  link,
  near: link.facts.ifname,
  joint:
    link.state === 'down'
      ? span(context.glyphs.down, 'bad')
      : span(context.glyphs.up, link.state === 'up' ? 'good' : 'warn'),
  far: span(kindText(link), 'dim'),
  address: plainAddressesOf(link).join(' '),
  notes: [...remoteWords(link, context), ...notesOf(link, undefined, context), ...makerWords([link], context)],
});

const portItem = (
  port: Port,
  context: ViewContext,
  widths: { near: number; far: number; address: number },
): MapNode => {
  const health = linkHealth(port.link, context.index);
  const far = peerOf(context.graph, port.link);
  const faulty = isFaulty(health) || (far !== undefined && isFaulty(linkHealth(far, context.index)));
  return {
    item: {
      id: `link ${port.link.id}`,
      ref: { kind: 'link', id: port.link.id },
      faulty,
      copy: port.near,
      keywords: `${port.link.facts.address ?? ''} ${far?.facts.address ?? ''}`,
      cells: [
        line(
          pad(port.near, widths.near),
          ' ',
          port.joint,
          ' ',
          pad(port.far, widths.far),
          '  ',
          pad(port.address, widths.address),
          port.notes.length > 0 && '  ',
          joined(port.notes, '  '),
        ),
      ],
    },
    children: [],
  };
};

const alignedNodes = (ports: readonly Port[], context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] => {
  const widest = (textsOf: (port: Port) => Words): number =>
    ports.reduce((width, port) => Math.max(width, Math.min(nameLimit, widthOf(textsOf(port)))), 0);
  const widths = {
    near: widest((port) => port.near),
    far: widest((port) => port.far),
    address: Math.min(
      15,
      widest((port) => port.address),
    ),
  };
  return ports.map((port) => ({
    ...portItem(port, context, widths),
    children: upperNodes(port.link, context, shown),
  }));
};

export const portNodes = (links: readonly LinkNode[], context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  alignedNodes(
    links.map((link) =>
      link.kind === 'veth' || link.peer !== undefined ? vethPort(link, context, shown) : plainPort(link, context),
    ),
    context,
    shown,
  );

/** Macvlans, vlans and tunnels that sit on a link: the joint leads from the lower link to where the upper one lives. */
export const upperNodes = (lower: LinkNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  linksOf(context.graph, lower.upperLinks).map((link) => {
    shown.add(link.netns);
    const health = linkHealth(link, context.index);
    const base = plainPort(link, context);
    const name = nameBeside(link, lower, context);
    const netns = context.graph.netns.get(link.netns);
    const port: Port = {
      ...base,
      near: `${lower.facts.ifname} ${kindText(link)}`,
      joint:
        link.state === 'down'
          ? span(context.glyphs.down, 'bad')
          : span(context.glyphs.rule.repeat(2), isFaulty(health) ? 'warn' : 'good'),
      far: name,
      notes: [
        ...base.notes,
        ...(netns?.facts.isHost !== true && (link.kind === 'macvlan' || link.kind === 'ipvlan')
          ? [span('host cannot reach it (by design)', 'dim')]
          : []),
      ],
    };
    const node = portItem(port, context, { near: 0, far: 0, address: 0 });
    return { ...node, children: netns?.facts.isHost === true ? upperNodes(link, context, shown) : [] };
  });
