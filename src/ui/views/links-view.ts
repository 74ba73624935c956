/** Every link of every netns with its other end, its master and its owner. */
import type { LinkNode } from '../../graph/graph.ts';
import { healthMark, isFaulty, linkHealth } from '../format/health.ts';
import { type Line, line, span } from '../format/line.ts';
import { addressesOf, relationText } from '../format/names.ts';
import { linkName, masterOf, ownerName } from '../graph-index.ts';
import { type Item, lazyItem } from './item.ts';
import type { View, ViewContext } from './view.ts';

/** The other end of a veth, or what a macvlan and its kind sit on. */
const otherEnd = (link: LinkNode, { index, glyphs }: ViewContext): Line => {
  if (link.peer !== undefined) return line(`${glyphs.peer} `, relationText(link.peer, index));
  if (link.lowerLink !== undefined) return line('on ', relationText(link.lowerLink, index));
  return [];
};

const linkItem = (link: LinkNode, context: ViewContext): Item => {
  const { graph, index, glyphs } = context;
  const health = linkHealth(link, index);
  const fixed = {
    id: `link ${link.id}`,
    ref: { kind: 'link', id: link.id },
    faulty: isFaulty(health),
    copy: link.facts.ifname,
  } as const;
  return lazyItem(fixed, () => ({
    keywords: `${linkName(graph, link)} ${link.facts.altnames?.join(' ') ?? ''}`,
    cells: [
      line(healthMark(health, glyphs), ' ', link.facts.ifname),
      String(link.facts.ifindex),
      ownerName(graph, link.netns),
      link.kind,
      otherEnd(link, context),
      masterOf(graph, link)?.facts.ifname ?? '',
      addressesOf(link).join(' '),
      span(link.facts.address ?? '', 'dim'),
      String(link.facts.mtu),
    ],
  }));
};

export const linksView: View = {
  id: 'links',
  title: 'Links',
  key: 'i',
  aliases: ['links', 'link', 'interfaces', 'ip', 'veth'],
  about: 'Every link of every netns: where it lives, its other end, the bridge it is a port of, its addresses.',
  empty: 'No links could be read.',
  columns: [
    { id: 'ifname', title: 'LINK', min: 10 },
    { id: 'ifindex', title: 'IDX', align: 'right', leaves: 5 },
    { id: 'owner', title: 'IN', min: 8 },
    { id: 'kind', title: 'KIND', leaves: 4 },
    { id: 'peer', title: 'OTHER END', min: 14 },
    { id: 'master', title: 'MASTER', min: 8, leaves: 3 },
    { id: 'addresses', title: 'ADDRESSES', min: 13, leaves: 2 },
    { id: 'mac', title: 'MAC', min: 17, leaves: 6 },
    { id: 'mtu', title: 'MTU', align: 'right', leaves: 7 },
  ],
  build: (context) =>
    [...context.graph.links.values()]
      .filter((link) => link.facts.ifname !== 'lo')
      .map((link) => linkItem(link, context)),
};
