/** What is told of one thing that hangs on a bridge or a lower link: asked for when its row comes into sight. */
import type { LinkNode } from '../../../graph/graph.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { describeOvsVlans } from '../../../systems/describe-ovs.ts';
import { line, type Span, span, type Words } from '../../format/line.ts';
import { doubtText, plainAddressesOf, portsText } from '../../format/names.ts';
import { linkName, peerOf } from '../../graph-index.ts';
import type { ViewContext } from '../view.ts';
import { makerWords, remoteWords } from './wiring-words.ts';

export interface Port {
  readonly link: LinkNode;
  readonly near: string;
  readonly joint: () => Span;
  readonly far: () => Words;
  readonly address: () => string;
  readonly notes: () => readonly Words[];
}

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
export const nameBeside = (link: LinkNode, other: LinkNode, { graph }: ViewContext): string => {
  const host = graph.netns.get(link.netns)?.host;
  const name = linkName(graph, link);
  return graph.netns.get(other.netns)?.host === host && name.startsWith(`${host}/`)
    ? name.slice(`${host}/`.length)
    : name;
};

export const vethPort = (link: LinkNode, context: ViewContext, shown: Set<NetnsId>): Port => {
  const far = peerOf(context.graph, link);
  if (far !== undefined) shown.add(far.netns);
  return {
    link,
    near: link.facts.ifname,
    joint: () => jointOf(link, far, context),
    far: () =>
      far === undefined
        ? span(link.peer === undefined ? 'no peer' : (doubtText(link.peer) ?? ''), 'doubt')
        : nameBeside(far, link, context),
    address: () => (far === undefined ? '' : plainAddressesOf(far).join(' ')),
    notes: () => [...notesOf(link, far, context), ...makerWords([link, ...(far === undefined ? [] : [far])], context)],
  };
};

/** `vxlan id 42`, `macvlan bridge`, `vlan 50`: what tells one link of its kind from another. */
export const kindText = (link: LinkNode): string => {
  const data = link.facts.linkinfo?.info_data ?? {};
  const words = ['id', 'mode', 'protocol'].flatMap((key) => {
    const value = data[key];
    // Nearly every VLAN is of this one.
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '802.1Q') return [];
    return [key === 'mode' || (key === 'id' && link.kind === 'vlan') ? String(value) : `${key} ${value}`];
  });
  return [link.kind, ...words].join(' ');
};

export const plainPort = (link: LinkNode, context: ViewContext): Port => ({
  link,
  near: link.facts.ifname,
  joint: () =>
    link.state === 'down'
      ? span(context.glyphs.down, 'bad')
      : span(context.glyphs.up, link.state === 'up' ? 'good' : 'warn'),
  far: () => span(kindText(link), 'dim'),
  address: () => plainAddressesOf(link).join(' '),
  notes: () => [...remoteWords(link, context), ...notesOf(link, undefined, context), ...makerWords([link], context)],
});
