/** Where the wire to a link is cut: the one thing on it that is down, unplugged or not forwarding. */
import type { LinkNode } from '../../graph/graph.ts';
import type { World } from '../world.ts';
import { possibleOwners } from './address-owners.ts';

const isDown = (link: LinkNode): boolean => link.state === 'down';

/** undefined: nothing we can see is wrong with it. Follows a veth to its other end and on to the bridge there. */
export const findCut = (world: World, link: LinkNode): string | undefined => {
  const home = world.view(link.netns).node.name;
  if (isDown(link)) return `${link.facts.ifname} in ${home} is down`;
  if (link.peer?.certainty !== 'exact') return undefined;
  const end = world.link(link.peer.to);
  const place = `${end.facts.ifname} in ${world.view(end.netns).node.name}, the other end of its ${link.facts.ifname},`;
  if (isDown(end)) return `${place} is down`;
  if (end.master === undefined) return end.addresses.length > 0 ? undefined : `${place} is a port of no bridge`;
  const master = world.link(end.master);
  if (isDown(master)) return `${master.facts.ifname}, the bridge of ${end.facts.ifname}, is down`;
  const state = end.bridgePort?.state;
  if (state !== undefined && state !== 'forwarding') return `${place} is a bridge port in state ${state}`;
  return undefined;
};

/** Who has the address, though nobody answers for it, and what cuts them off; undefined when nobody known has it or no cut is seen. */
export const findCutOwner = (world: World, from: LinkNode, address: string): string | undefined => {
  for (const netns of possibleOwners(world, address)) {
    const { node } = world.view(netns);
    for (const id of node.links) {
      const link = world.link(id);
      if (link.id === from.id || !link.addresses.some((info) => info.local === address)) continue;
      const cut = findCut(world, link);
      if (cut !== undefined) return `${address} is ${node.name}'s, but ${cut}`;
    }
  }
  return undefined;
};
