/** `list findings`: what about the wiring is not as it should be. */
import type { Graph } from '../../graph/graph.ts';
import { netnsRef, optional } from '../refs.ts';
import type { FindingRow } from '../schemas/list-schema.ts';

export const listFindings = (graph: Graph): FindingRow[] =>
  graph.faults.map((fault) => {
    const link = fault.link === undefined ? undefined : graph.links.get(fault.link)?.facts;
    const container = fault.container === undefined ? undefined : graph.containers.get(fault.container)?.facts;
    return {
      kind: fault.kind,
      text: fault.text,
      ...(fault.netns === undefined ? {} : { netns: netnsRef(graph, fault.netns) }),
      ...optional('link', link && { ifindex: link.ifindex, ifname: link.ifname }),
      ...optional('container', container && { id: container.fullId, name: container.name }),
    };
  });
