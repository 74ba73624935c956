/** The wiring of each host as a picture: uplinks, bridges, and behind every bridge port who is at the other end. */
import { isBridge, type NetnsNode } from '../../graph/graph.ts';
import type { NetnsId } from '../../model/ids.ts';
import { labelNetns } from '../../systems/labels.ts';
import { line, span } from '../format/line.ts';
import { ownerName } from '../graph-index.ts';
import type { Item } from './item.ts';
import { drawBranch, drawTree, type MapNode } from './map/branch.ts';
import { endNodes } from './map/ends.ts';
import { bridgeNodes, routedNodes, uplinkNodes } from './map/host-nodes.ts';
import type { View, ViewContext } from './view.ts';

/** Namespaces with wiring of their own (a bridge inside) are drawn like a host; the others appear at their ends. */
const drawnNetns = ({ graph }: ViewContext): readonly NetnsNode[] => {
  const withBridge = new Set<NetnsId>();
  for (const link of graph.links.values()) if (isBridge(link)) withBridge.add(link.netns);
  const all = [...graph.netns.values()];
  return [
    ...all.filter((netns) => netns.facts.isHost),
    ...all.filter((netns) => !netns.facts.isHost && withBridge.has(netns.id)),
  ];
};

/** `  Docker swarm: …`; empty where nobody is known to have made it. */
const purposeOf = (netns: NetnsNode, { graph }: ViewContext): string => {
  const label = labelNetns(graph, netns.id);
  return label === undefined ? '' : `  ${label.madeBy}: ${label.purpose}`;
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
          span(purposeOf(netns, context), 'dim'),
        ),
  ],
});

interface Part {
  readonly netns: NetnsNode;
  readonly uplinks: readonly MapNode[];
  readonly branches: readonly MapNode[];
}

/** Notes in `shown` whose namespaces appear as somebody's other end. */
const buildPart = (netns: NetnsNode, context: ViewContext, shown: Set<NetnsId>): Part => {
  shown.add(netns.id);
  const uplinks = uplinkNodes(netns, context, shown);
  return {
    netns,
    uplinks,
    branches: [
      ...uplinks.flatMap((uplink) => uplink.children),
      ...bridgeNodes(netns, context, shown),
      ...routedNodes(netns, context, shown),
    ],
  };
};

const drawPart = ({ netns, uplinks, branches }: Part, context: ViewContext, many: boolean): readonly Item[] => [
  ...(many ? [heading(netns, context)] : []),
  ...uplinks.flatMap((uplink) => drawTree({ ...uplink, children: [] }, context)),
  ...branches.flatMap((branch, at) => drawBranch(branch, '', at === branches.length - 1, 1, context)),
];

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
    const parts = drawn.map((netns) => buildPart(netns, context, shown));
    return parts.flatMap((part) => {
      // Only now is it known who was drawn nowhere.
      const ends = part.netns.facts.isHost ? endNodes(part.netns, context, shown) : [];
      return drawPart({ ...part, branches: [...part.branches, ...ends] }, context, drawn.length > 1);
    });
  },
};
