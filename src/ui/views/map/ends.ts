/** Ends of the map without a bridge: the host's own containers, isolated ones, namespaces and pairs nobody drew yet. */
import type { ContainerNode, LinkNode, NetnsNode } from '../../../graph/graph.ts';
import type { LinkId, NetnsId } from '../../../model/ids.ts';
import { linkHealth } from '../../format/health.ts';
import { line, span } from '../../format/line.ts';
import { holderText, plainAddressesOf, relationText } from '../../format/names.ts';
import { linkName, linksOf, ownerName } from '../../graph-index.ts';
import type { ViewContext } from '../view.ts';
import { linkItem, type MapNode } from './branch.ts';

const containerNode = (container: ContainerNode, note: string): MapNode => ({
  item: {
    id: `container ${container.id}`,
    ref: { kind: 'container', id: container.id },
    faulty: false,
    copy: container.facts.name,
  },
  words: () => line(container.facts.name, span(note === '' ? '' : `  ${note}`, 'dim')),
  children: [],
});

const groupNode = (id: string, title: string, children: readonly MapNode[]): readonly MapNode[] =>
  children.length === 0 ? [] : [{ item: { id, faulty: false }, words: () => line(span(title, 'dim')), children }];

const innerLinkNode = (link: LinkNode, context: ViewContext): MapNode => ({
  item: linkItem(link, linkHealth(link, context.index)),
  words: () =>
    line(
      linkName(context.graph, link),
      link.peer === undefined ? span(`  ${link.kind}`, 'dim') : ` ${context.glyphs.peer} `,
      relationText(link.peer, context.index),
      '  ',
      plainAddressesOf(link).join(' '),
    ),
  children: [],
});

/** Each pair between two namespaces is told once, from the end that comes first. */
const pairNodes = (netns: NetnsNode, context: ViewContext, told: Set<LinkId>): readonly MapNode[] =>
  linksOf(context.graph, netns.links)
    .filter((link) => link.facts.ifname !== 'lo' && !told.has(link.id) && link.master === undefined)
    .map((link) => {
      if (link.peer?.certainty === 'exact') told.add(link.peer.to);
      return innerLinkNode(link, context);
    });

const strayNode = (netns: NetnsNode, context: ViewContext, told: Set<LinkId>): MapNode => {
  const holder = netns.facts.holders[0];
  const held = netns.hidden ? 'nobody visible holds it' : holder === undefined ? '' : holderText(holder);
  return {
    item: {
      id: `netns ${netns.id}`,
      ref: { kind: 'netns', id: netns.id },
      faulty: netns.hidden,
      copy: String(netns.facts.inode),
    },
    words: () =>
      line(
        span('netns ', 'dim'),
        ownerName(context.graph, netns.id),
        span(`  ${held}`, netns.hidden ? 'doubt' : 'dim'),
        netns.facts.links !== undefined &&
          linksOf(context.graph, netns.links).every((link) => link.facts.ifname === 'lo') &&
          span('  not connected', 'dim'),
        netns.facts.links === undefined && span('  its links could not be read', 'doubt'),
      ),
    children: pairNodes(netns, context, told),
  };
};

export const endNodes = (host: NetnsNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] => {
  const containers = [...context.graph.containers.values()].filter((container) => container.host === host.host);
  const told = new Set<LinkId>();
  const inHost = containers.filter((container) => container.netns === host.id);
  const bare = containers.filter(
    (container) => container.netns !== undefined && container.netns !== host.id && container.links.length === 0,
  );
  const bareNetns = new Set(bare.map((container) => container.netns));
  const stray = [...context.graph.netns.values()].filter(
    (netns) => netns.host === host.host && !netns.facts.isHost && !shown.has(netns.id) && !bareNetns.has(netns.id),
  );
  const stopped = containers.filter((container) => container.netns === undefined);
  return [
    ...groupNode(
      `map in-host ${host.id}`,
      "in the host's netns (network host)",
      inHost.map((container) => containerNode(container, '')),
    ),
    ...groupNode(
      `map bare ${host.id}`,
      'no network',
      bare.map((container) => containerNode(container, 'only lo')),
    ),
    ...groupNode(
      `map stray ${host.id}`,
      'on no bridge of the host',
      stray.map((netns) => strayNode(netns, context, told)),
    ),
    ...groupNode(
      `map stopped ${host.id}`,
      'without a netns',
      stopped.map((container) => containerNode(container, container.facts.state)),
    ),
  ];
};
