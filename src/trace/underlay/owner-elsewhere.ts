/** Which other host has an address that a packet leaves this one to look for. */
import type { LinkNode } from '../../graph/graph.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import { allWires, voicesOn } from './wires.ts';

export type OwnerElsewhere =
  /** An address a host is reached by: routers know the way to it. */
  | { readonly kind: 'wire'; readonly link: LinkNode }
  /** Behind a host: whether anybody knows the way cannot be seen. */
  | { readonly kind: 'behind'; readonly name: string };

const has = (link: LinkNode, address: string): boolean => link.addresses.some((info) => info.local === address);

/** The wire by which a host is reached at an address of its own. */
const wiresAt = (world: World, address: string): readonly LinkNode[] =>
  remember(world.memo, `wires at ${address}`, () =>
    allWires(world).filter((wire) => {
      if (!world.view(wire.netns).node.facts.isHost) return false;
      const master = wire.master === undefined ? undefined : world.link(wire.master);
      return has(wire, address) || (master !== undefined && has(master, address));
    }),
  );

const isOnNetworkOf = (world: World, wire: LinkNode, address: string): boolean => {
  const asked = parseAddress(address);
  return voicesOn(world, wire).some((voice) => {
    const own = parseAddress(voice.address);
    return asked !== undefined && own !== undefined && prefixContains({ ...own, length: voice.length }, asked);
  });
};

/** undefined: nobody in the picture has it, or several do. With one host nobody ever does. */
export const findOwnerElsewhere = (world: World, from: LinkNode, address: string): OwnerElsewhere | undefined => {
  if (world.graph.hosts.size < 2) return undefined;
  const { host } = world.view(from.netns).node;
  const elsewhere = (link: LinkNode) => world.view(link.netns).node.host !== host;
  const wires = wiresAt(world, address);
  const [wire] = wires;
  // On the network of this wire it would have been found by asking: it is another machine that has the address there.
  const near = isOnNetworkOf(world, from, address);
  if (wire !== undefined && wires.length === 1 && elsewhere(wire) && !near) return { kind: 'wire', link: wire };
  const owner = [...world.graph.links.values()].find(
    (link) => link.kind !== 'loopback' && elsewhere(link) && has(link, address),
  );
  return owner && { kind: 'behind', name: world.view(owner.netns).node.name };
};
