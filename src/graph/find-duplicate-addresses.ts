/** Two links on one bridge with one address: answers go to whichever was heard last. */
import type { Graph, LinkNode, WiringFault } from './graph.ts';

/** The links that speak on this bridge: itself, and the far end of each of its veth ports. */
const speakers = (bridge: LinkNode, links: Graph['links']): readonly LinkNode[] => {
  const ends = bridge.ports.map((id) => {
    const peer = links.get(id)?.peer;
    return peer?.certainty === 'exact' ? links.get(peer.to) : undefined;
  });
  return [bridge, ...ends.filter((end) => end !== undefined)];
};

const labelOf = (link: LinkNode, { netns }: Pick<Graph, 'netns'>): string => {
  const home = netns.get(link.netns)?.name ?? 'host';
  return home === 'host' ? link.facts.ifname : `${home}/${link.facts.ifname}`;
};

export const findDuplicateAddresses = (
  bridge: LinkNode,
  graph: Pick<Graph, 'links' | 'netns'>,
): readonly WiringFault[] => {
  if (bridge.kind !== 'bridge' || bridge.ports.length === 0) return [];
  const owners = new Map<string, LinkNode>();
  const faults: WiringFault[] = [];
  for (const link of speakers(bridge, graph.links)) {
    if (link.state === 'down') continue;
    for (const { family, local, scope } of link.addresses) {
      // Anycast gateways and link-local addresses may repeat by design; global unicast may not.
      if (scope !== 'global') continue;
      const owner = owners.get(local);
      if (owner === undefined) owners.set(local, link);
      else if (owner.id !== link.id) {
        faults.push({
          kind: 'duplicate-address',
          link: link.id,
          netns: link.netns,
          text: `${labelOf(owner, graph)} and ${labelOf(link, graph)} both have ${family === 'inet' ? 'address' : 'IPv6 address'} ${local} on ${bridge.facts.ifname}`,
        });
      }
    }
  }
  return faults;
};
