/** `vethscope graph --json`: every link as a node, every relation as an edge. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { makeHead } from '../document.ts';
import { listLinks } from '../list/list-links.ts';
import { linkAt, linkEnd } from '../refs.ts';
import type { GraphEdge } from '../schemas/graph-schema.ts';

const edgesOf = (graph: Graph, link: LinkNode): GraphEdge[] => {
  const from = linkEnd(graph, link);
  const peer = linkAt(graph, link.peer);
  const lower = linkAt(graph, link.lowerLink);
  const master = link.master === undefined ? undefined : graph.links.get(link.master);
  return [
    ...(peer !== undefined && link.id < peer.id ? [{ kind: 'peer' as const, from, to: linkEnd(graph, peer) }] : []),
    ...(lower === undefined ? [] : [{ kind: 'lower-link' as const, from, to: linkEnd(graph, lower) }]),
    ...(master === undefined ? [] : [{ kind: 'master' as const, from, to: linkEnd(graph, master) }]),
  ];
};

export const graphDocument = (graph: Graph) => ({
  ...makeHead('graph', graph),
  links: listLinks(graph),
  edges: [...graph.links.values()].flatMap((link) => edgesOf(graph, link)),
});
