/** `list netns`: every network namespace, who lives in it and who made it. */
import type { Graph } from '../../graph/graph.ts';
import { labelNetns } from '../../systems/labels.ts';
import { netnsWithPids, optional } from '../refs.ts';
import type { NetnsRow } from '../schemas/list-schema.ts';

export const listNetns = (graph: Graph): NetnsRow[] =>
  [...graph.netns.values()].map((node) => {
    const containers = node.containers.flatMap((id) => graph.containers.get(id) ?? []);
    return {
      ...netnsWithPids(graph, node.id),
      isHost: node.facts.isHost,
      hidden: node.hidden,
      containers: containers.map(({ facts }) => ({ id: facts.fullId, name: facts.name })),
      ...(node.facts.links === undefined ? {} : { links: node.links.length }),
      ...optional('madeBy', labelNetns(graph, node.id)?.madeBy),
    };
  });
