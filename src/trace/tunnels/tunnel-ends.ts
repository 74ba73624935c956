/** Where outer packets of a tunnel come out: the links that would take them in the netns that has their address. */
import type { NetnsId } from '../../model/ids.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { joinedWires } from '../underlay/joined-wires.ts';
import { allWires } from '../underlay/wires.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import type { Tunnel } from './tunnel.ts';
import { outerNetns, tunnelOf } from './tunnel.ts';

/** A tunnel's link with the netns that its outer packets are received in. */
export interface TunnelEnd {
  readonly tunnel: Tunnel;
  readonly outer: NetnsId;
}

export const allTunnels = (world: World): readonly TunnelEnd[] =>
  remember(world.memo, 'tunnels', () =>
    [...world.graph.links.values()].flatMap((link) => {
      const tunnel = tunnelOf(link);
      const outer = tunnel && outerNetns(world, link);
      return tunnel === undefined || outer === undefined ? [] : [{ tunnel, outer }];
    }),
  );

export const isMulticast = (address: string): boolean =>
  address.includes(':') ? /^ff/i.test(address) : /^2(2[4-9]|3\d)\./.test(address);

export const agrees = (a: Tunnel, b: Tunnel): boolean =>
  a.kind === b.kind && a.key === b.key && (a.port === b.port || a.daemon !== undefined) && a.family === b.family;

/** Hosts whose wires are joined with one of this netns' host. */
const isNear = (world: World, from: NetnsId, to: NetnsId): boolean => {
  const { host } = world.view(from).node;
  const other = world.view(to).node.host;
  if (host === other) return true;
  return allWires(world)
    .filter((wire) => world.view(wire.netns).node.host === host)
    .some((wire) => joinedWires(world, wire).some(({ link }) => world.view(link.netns).node.host === other));
};

/** Ends that agree with this one and whose netns has the address; the near ones where several have it. */
export const endsAt = (world: World, { tunnel, outer }: TunnelEnd, address: string): readonly TunnelEnd[] =>
  remember(world.memo, `ends ${tunnel.link.id} ${address}`, () => {
    const others = allTunnels(world).filter(
      (end) => end.tunnel.link.id !== tunnel.link.id && agrees(end.tunnel, tunnel),
    );
    if (isMulticast(address)) return others.filter((end) => isNear(world, outer, end.outer));
    const owners = others.filter((end) => isLocalAddress(world.view(end.outer), address));
    const near = owners.filter((end) => isNear(world, outer, end.outer));
    return near.length > 0 ? near : owners;
  });
