/** Every network namespace, who lives in it and what keeps it alive. */
import type { NetnsNode } from '../../graph/graph.ts';
import { type Health, healthMark, isFaulty } from '../format/health.ts';
import { line, span } from '../format/line.ts';
import { holderText, plainAddressesOf } from '../format/names.ts';
import { linksOf } from '../graph-index.ts';
import { type Item, lazyItem, type Shown } from './item.ts';
import type { View, ViewContext } from './view.ts';

const netnsItem = (netns: NetnsNode, context: ViewContext): Item => {
  const { index } = context;
  const faults = index.faultsOfNetns.get(netns.id) ?? [];
  const health: Health = netns.hidden ? 'doubt' : faults.length > 0 ? 'warn' : 'good';
  const fixed = {
    id: `netns ${netns.id}`,
    ref: { kind: 'netns', id: netns.id },
    faulty: isFaulty(health),
    copy: String(netns.facts.inode),
  } as const;
  return lazyItem(fixed, () => showNetns(netns, health, context));
};

const showNetns = (netns: NetnsNode, health: Health, { graph, glyphs }: ViewContext): Shown => {
  const links = linksOf(graph, netns.links).filter((link) => link.facts.ifname !== 'lo');
  const holder = netns.facts.holders[0];
  const more = netns.facts.holders.length > 1 ? ` +${netns.facts.holders.length - 1}` : '';
  return {
    keywords: netns.facts.holders.map(holderText).join(' '),
    cells: [
      line(healthMark(health, glyphs), ' ', netns.name),
      netns.facts.inode === 0 ? span('?', 'doubt') : String(netns.facts.inode),
      netns.containers.flatMap((id) => graph.containers.get(id)?.facts.name ?? []).join(' '),
      netns.facts.links === undefined ? span('?', 'doubt') : String(links.length),
      links.flatMap(plainAddressesOf).join(' '),
      holder === undefined ? span('nobody visible', 'doubt') : span(holderText(holder) + more, 'dim'),
    ],
  };
};

export const netnsView: View = {
  id: 'netns',
  title: 'Netns',
  key: 'n',
  aliases: ['netns', 'ns', 'namespaces'],
  about: 'Every network namespace: containers in it, links, addresses, and what keeps it alive.',
  empty: 'No network namespaces could be read.',
  columns: [
    { id: 'name', title: 'NETNS', min: 12 },
    { id: 'inode', title: 'INODE', align: 'right' },
    { id: 'containers', title: 'CONTAINERS', leaves: 4, min: 10 },
    { id: 'links', title: 'LINKS', align: 'right' },
    { id: 'addresses', title: 'ADDRESSES', min: 12, leaves: 2 },
    { id: 'holder', title: 'HELD BY', min: 16, leaves: 3 },
  ],
  build: (context) => [...context.graph.netns.values()].map((netns) => netnsItem(netns, context)),
};
