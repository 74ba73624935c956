/** The links that a traced path crosses, in the order a packet meets them. */
import type { Graph, LinkNode } from '../graph/graph.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import type { Direction, Hop, Step, Trace } from '../trace/trace.ts';

type FindLink = (netns: NetnsId, ifname: string | undefined) => LinkNode | undefined;

const createFinder = (graph: Graph): FindLink => {
  const byName = new Map<NetnsId, Map<string, LinkNode>>();
  return (netns, ifname) => {
    let links = byName.get(netns);
    if (links === undefined) {
      links = new Map(
        (graph.netns.get(netns)?.links ?? [])
          .map((id) => graph.links.get(id))
          .filter((link) => link !== undefined)
          .map((link) => [link.facts.ifname, link]),
      );
      byName.set(netns, links);
    }
    return ifname === undefined ? undefined : links.get(ifname);
  };
};

/** A frame comes in by a bridge's port, then by the bridge; it leaves the other way about. */
const linksOfStep = (find: FindLink, hop: Hop, step: Step): readonly LinkNode[] => {
  const { physin, in: incoming, out, physout } = step.packet;
  return [physin, incoming, out, physout].map((name) => find(hop.netns, name)).filter((link) => link !== undefined);
};

/** A veth's frames come out at its other end: a path that shows one end shows both. */
const peerOf = (graph: Graph, link: LinkNode): LinkNode | undefined =>
  link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;

/** Of one netns after the other, each once; a link met again on the way back keeps its first place. */
const linksOfDirection = (graph: Graph, find: FindLink, direction: Direction): readonly LinkNode[] => {
  const met: LinkNode[] = [];
  const meet = (link: LinkNode): void => {
    if (met.includes(link)) return;
    const last = met.at(-1);
    const peer = last && peerOf(graph, last);
    // What a step of the next netns names first may be its bridge, though the frame came by the port.
    if (peer !== undefined && peer !== link && !met.includes(peer) && last?.netns !== link.netns) met.push(peer);
    met.push(link);
  };
  for (const hop of direction.hops)
    for (const step of hop.steps) {
      for (const link of linksOfStep(find, hop, step)) meet(link);
      const own = step.link === undefined ? undefined : graph.links.get(step.link);
      if (own !== undefined) meet(own);
    }
  return met;
};

/** Where a packet that is lost on its way would have gone on: that it is not seen there is half of the proof. */
const linksBeyond = (graph: Graph, direction: Direction, met: readonly LinkNode[]): readonly LinkNode[] => {
  const last = direction.hops.at(-1)?.steps.at(-1)?.packet;
  if (direction.outcome === 'delivered' || last === undefined) return [];
  const visited = new Set(met.map((link) => link.netns));
  const targets = [...graph.links.values()].filter(
    (link) => link.kind !== 'loopback' && link.addresses.some(({ local }) => local === last.dst),
  );
  const [target] = targets;
  if (target === undefined || targets.length > 1 || visited.has(target.netns)) return [];
  const peer = peerOf(graph, target);
  const bridge = peer?.master === undefined ? undefined : graph.links.get(peer.master);
  return [bridge, peer, target].filter((link) => link !== undefined);
};

/**
 * The request's links; where it stayed within one netns, its loopback. The reply may come another way: its links follow. `graph` must be the one the
 * trace was made on.
 */
export const choosePoints = (graph: Graph, trace: Trace): readonly LinkId[] => {
  const find = createFinder(graph);
  const request = linksOfDirection(graph, find, trace.request);
  const reply = trace.reply === undefined ? [] : linksOfDirection(graph, find, trace.reply);
  const all = [...new Set([...request, ...linksBeyond(graph, trace.request, request), ...reply])];
  const others = all.filter((link) => link.kind !== 'loopback');
  return (others.length > 0 ? others : all).map((link) => link.id);
};
