/** `list links`: every link of every netns. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { labelLink } from '../../systems/labels.ts';
import { addressTexts, containerOf, containerRef, doubtOf, linkAt, linkEnd, netnsRef, optional } from '../refs.ts';
import type { LinkRow } from '../schemas/list-schema.ts';

const linkRow = (graph: Graph, link: LinkNode): LinkRow => {
  const { facts } = link;
  const peer = linkAt(graph, link.peer);
  const lowerLink = linkAt(graph, link.lowerLink);
  const container = containerOf(graph, link.netns);
  return {
    netns: netnsRef(graph, link.netns),
    ifindex: facts.ifindex,
    ifname: facts.ifname,
    kind: link.kind,
    ...optional('master', facts.master),
    ...optional('portState', link.bridgePort?.state),
    ...(peer === undefined ? optional('peerDoubt', doubtOf(graph, link.peer)) : { peer: linkEnd(graph, peer) }),
    ...(lowerLink === undefined
      ? optional('lowerLinkDoubt', doubtOf(graph, link.lowerLink))
      : { lowerLink: linkEnd(graph, lowerLink) }),
    state: link.state,
    mtu: facts.mtu,
    ...optional('mac', facts.address),
    addresses: addressTexts(link),
    ...(container === undefined ? {} : { container: containerRef(container) }),
    ...optional('madeBy', labelLink(graph, link.id)?.madeBy),
  };
};

/** In the order of the netns (the host's first), then of the ifindex. */
export const listLinks = (graph: Graph): LinkRow[] => {
  const rows: LinkRow[] = [];
  for (const netns of graph.netns.values()) {
    for (const id of netns.links) {
      const link = graph.links.get(id);
      if (link !== undefined) rows.push(linkRow(graph, link));
    }
  }
  return rows;
};
