/** Every container, with the one line that says how it is wired. */
import type { ContainerNode } from '../../graph/graph.ts';
import { containerHealth, type Health, healthMark, isFaulty } from '../format/health.ts';
import { type Line, line, span, textOf, type Words } from '../format/line.ts';
import { hostEndsOf, plainAddressesOf, portsText } from '../format/names.ts';
import { sortKey } from '../format/sort-key.ts';
import { amongHosts, linksOf, masterOf, peerOf } from '../graph-index.ts';
import { type Item, lazyItem, type Shown } from './item.ts';
import type { View, ViewContext } from './view.ts';

const modeText = ({ facts }: ContainerNode, { graph }: ViewContext): string => {
  if (facts.mode !== 'container' || facts.sharesNetnsOf === undefined) return facts.mode;
  const shared = [...graph.containers.values()].find((other) => other.facts.fullId === facts.sharesNetnsOf);
  return `in ${shared?.facts.name ?? facts.sharesNetnsOf.slice(0, 12)}`;
};

/** One of several, and how many more: the detail pane has them all. */
const firstOf = (parts: readonly Words[]): Line =>
  line(parts[0], parts.length > 1 && span(` +${parts.length - 1}`, 'dim'));

const containerItem = (container: ContainerNode, context: ViewContext): Item => {
  const { index } = context;
  const { facts } = container;
  const health = containerHealth(container, index);
  const fixed = {
    id: `container ${container.id}`,
    ref: { kind: 'container', id: container.id },
    faulty: isFaulty(health),
    copy: facts.name,
  } as const;
  return lazyItem(fixed, () => showContainer(container, health, context));
};

const showContainer = (container: ContainerNode, health: Health, context: ViewContext): Shown => {
  const { graph, index, glyphs } = context;
  const { facts } = container;
  const links = facts.mode === 'host' ? [] : linksOf(graph, container.links);
  const bridges = [...new Set(links.flatMap((link) => masterOf(graph, peerOf(graph, link))?.facts.ifname ?? []))];
  const addresses = links.flatMap(plainAddressesOf);
  const networks = container.networks.flatMap((id) => graph.networks.get(id)?.facts.name ?? []);
  const hostEnds = hostEndsOf(container, index);
  const ports = portsText(container, index, glyphs);
  return {
    keywords: `${facts.fullId} ${facts.compose?.project ?? ''} ${links.map((link) => link.facts.address ?? '').join(' ')} ${[...addresses, ...hostEnds.map(textOf), ...bridges, ...networks, ...ports].join(' ')}`,
    cells: [
      line(healthMark(health, glyphs), ' ', amongHosts(graph, container.host, facts.name)),
      facts.state === 'running' ? facts.state : span(facts.state, 'dim'),
      modeText(container, context),
      firstOf(addresses),
      firstOf(hostEnds),
      firstOf(bridges),
      firstOf(networks),
      firstOf(ports),
      span(facts.image, 'dim'),
    ],
  };
};

export const containersView: View = {
  id: 'containers',
  title: 'Containers',
  key: '2',
  aliases: ['containers', 'container', 'co', 'ps'],
  about:
    'Every container of every engine, all states: its address, the veth at the host end, its bridge, its published ports.',
  empty: 'No containers: no engine answered, or none was started. Namespaces (n) and links (i) show the wiring anyway.',
  columns: [
    { id: 'name', title: 'NAME', min: 14 },
    { id: 'state', title: 'STATE', leaves: 6 },
    { id: 'mode', title: 'MODE', leaves: 3, min: 7 },
    { id: 'address', title: 'ADDRESS', min: 11 },
    { id: 'veth', title: 'HOST END', min: 11 },
    { id: 'bridge', title: 'BRIDGE', leaves: 2, min: 9 },
    { id: 'network', title: 'NETWORK', leaves: 5, min: 8 },
    { id: 'ports', title: 'PUBLISHED', leaves: 1, min: 12 },
    { id: 'image', title: 'IMAGE', leaves: 7, min: 10 },
  ],
  build: (context) =>
    [...context.graph.containers.values()]
      .map((container) => ({ container, key: sortKey(container.facts.name) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ container }) => containerItem(container, context)),
};
