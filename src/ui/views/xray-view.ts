/** The x-ray tree: network → container → link → port → rule, everything below one thing, or below all networks. */
import { drawTree, type MapNode } from './map/branch.ts';
import type { View, ViewContext } from './view.ts';
import { containerNode } from './xray/container-node.ts';
import { networkNode, networkNodes } from './xray/network-nodes.ts';

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
  return [...networkNodes(context), ...rest.map((container) => containerNode('', container, context))];
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
