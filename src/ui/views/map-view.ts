/** The wiring of each host as a picture: uplinks, bridges, and behind every bridge port who is at the other end. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { NetnsId } from '../../model/ids.ts';
import { line, span } from '../format/line.ts';
import { ownerName } from '../graph-index.ts';
import type { Item } from './item.ts';
import { drawBranch, type MapNode } from './map/branch.ts';
import { endNodes } from './map/ends.ts';
import { bridgeNodes, routedNodes, uplinkNodes } from './map/host-nodes.ts';
import type { View, ViewContext } from './view.ts';

/** Namespaces with wiring of their own (a bridge inside) are drawn like a host; the others appear at their ends. */
const drawnNetns = ({ graph }: ViewContext): readonly NetnsNode[] => {
  const withBridge = new Set<NetnsId>();
  for (const link of graph.links.values()) if (link.kind === 'bridge') withBridge.add(link.netns);
  const all = [...graph.netns.values()];
  return [
    ...all.filter((netns) => netns.facts.isHost),
    ...all.filter((netns) => !netns.facts.isHost && withBridge.has(netns.id)),
  ];
};

const heading = (netns: NetnsNode, context: ViewContext): Item => ({
  id: `map ${netns.id}`,
  ref: { kind: 'netns', id: netns.id },
  faulty: false,
  depth: 0,
  cells: [
    netns.facts.isHost
      ? line(span(netns.host, 'strong'))
      : line(
          span('inside ', 'dim'),
          span(ownerName(context.graph, netns.id), 'strong'),
          span(`  netns ${netns.facts.inode}`, 'dim'),
        ),
  ],
});

const drawNetns = (netns: NetnsNode, context: ViewContext, shown: Set<NetnsId>, many: boolean): readonly Item[] => {
  const uplinks = uplinkNodes(netns, context, shown);
  const branches: MapNode[] = [
    ...uplinks.flatMap((uplink) => uplink.children),
    ...bridgeNodes(netns, context, shown),
    ...routedNodes(netns, context, shown),
    ...(netns.facts.isHost ? endNodes(netns, context, shown) : []),
  ];
  return [
    ...(many ? [heading(netns, context)] : []),
    ...uplinks.map(({ children: _children, ...uplink }) => ({ ...uplink.item, depth: 0 })),
    ...branches.flatMap((branch, at) => drawBranch(branch, '', at === branches.length - 1, 1, context)),
  ];
};

export const mapView: View = {
  id: 'map',
  title: 'Map',
  key: '4',
  aliases: ['map', 'wiring'],
  about:
    'The host as a picture: uplinks, bridges, and behind each bridge port the container or netns at its other end. ⏎ on a bridge folds it.',
  empty: 'Nothing is wired: no links could be read.',
  columns: [],
  deps: (state) => [state.place.toggled],
  build: (context) => {
    const drawn = drawnNetns(context);
    const shown = new Set<NetnsId>();
    return drawn.flatMap((netns) => drawNetns(netns, context, shown, drawn.length > 1));
  },
};
