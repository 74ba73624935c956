/** Which other end a tunnel's link sends to: by its entries, by what it has learnt, by its fixed end or the route's next hop. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight } from '../flight.ts';
import { comeIn as arriveBy } from '../layer2/find-frame-target.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { routeOutput } from '../routing/route-output.ts';
import type { World } from '../world.ts';
import type { Remote } from './remotes.ts';
import { floodRemotes, learns, remotesOf, wereRead } from './remotes.ts';
import type { Tunnel } from './tunnel.ts';
import { outerNetns, tunnelOf } from './tunnel.ts';
import type { TunnelEnd } from './tunnel-ends.ts';
import { endsAt } from './tunnel-ends.ts';
import { tunnelFrames } from './tunnel-frames.ts';

export type RemoteChoice =
  | { readonly kind: 'remote'; readonly remote: Remote; readonly how: string }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const budget = 32;

export const isBehind = (world: World, flight: Flight, link: LinkNode): boolean => {
  const { srcMac, dstMac } = flight.packet;
  return arriveBy(world, link, { srcMac, dstMac: dstMac ?? '', vlan: flight.vlan }, budget).kind === 'link';
};

/** Sent to everybody: the one that has the MAC takes it, the others drop their copies. */
const amongMany = (world: World, flight: Flight, end: TunnelEnd, remotes: readonly Remote[]): RemoteChoice => {
  const mac = flight.packet.dstMac ?? 'a MAC beyond the picture';
  const owner = remotes.find((remote) =>
    endsAt(world, end, remote.address).some(({ tunnel }) => isBehind(world, flight, tunnel.link)),
  );
  if (owner !== undefined)
    return { kind: 'remote', remote: owner, how: `no entry for ${mac}: to all ${remotes.length} other ends` };
  const why = `${end.tunnel.link.facts.ifname} has no entry for ${mac} and sends it to ${remotes.map((one) => one.address).join(', ')}; which of them has it is not in the picture`;
  return { kind: 'unknown', why };
};

/** What it has learnt from frames of the other end is as good as an entry. */
const learnt = (world: World, flight: Flight, end: TunnelEnd): Remote | undefined => {
  const { dstMac } = flight.packet;
  if (!learns(end.tunnel) || dstMac === undefined) return undefined;
  const link = tunnelFrames(world, end.tunnel.link, dstMac).ends.find((one) => isBehind(world, flight, one));
  const other = link && tunnelOf(link);
  const outer = link && outerNetns(world, link);
  if (other === undefined || outer === undefined) return undefined;
  if (other.local !== undefined) return { address: other.local };
  const listed = floodRemotes(world, end.tunnel).find(({ address }) => isLocalAddress(world.view(outer), address));
  const back = floodRemotes(world, other).find(({ address }) => isLocalAddress(world.view(end.outer), address));
  if (listed !== undefined || back === undefined) return listed;
  const key = { family: other.family, dst: back.address, iif: 'lo', mark: 0, tos: 0, proto: 'udp' } as const;
  const route = routeOutput(world.view(outer), key);
  return route.kind === 'ways' ? { address: route.ways[0]!.src } : undefined;
};

export const chooseForFrame = (world: World, flight: Flight, end: TunnelEnd): RemoteChoice => {
  const { tunnel } = end;
  const { ifname } = tunnel.link.facts;
  const mac = flight.packet.dstMac;
  if (!wereRead(world, tunnel)) return { kind: 'unknown', why: `the forwarding entries of ${ifname} were not read` };
  const fixed = mac === undefined ? [] : remotesOf(world, tunnel, mac);
  if (fixed.length > 0) return { kind: 'remote', remote: fixed[0]!, how: fixed[0]!.entry ?? '' };
  const heard = learnt(world, flight, end);
  if (heard !== undefined) return { kind: 'remote', remote: heard, how: `${mac} is learnt from its own frames` };
  const all = floodRemotes(world, tunnel);
  if (all.length === 1)
    return { kind: 'remote', remote: all[0]!, how: all[0]!.entry ?? `${ifname} has this other end` };
  if (all.length > 1) return amongMany(world, flight, end, all);
  return { kind: 'lost', why: `${ifname} has no forwarding entry for ${mac ?? 'this MAC'}, and none for unknown ones` };
};

/** Without a fixed other end the next hop of the route is where the outer packet goes (ip_tunnel_xmit). */
export const chooseForPacket = (tunnel: Tunnel, nextHop: string | undefined): RemoteChoice => {
  if (tunnel.remote !== undefined)
    return {
      kind: 'remote',
      remote: { address: tunnel.remote },
      how: `${tunnel.link.facts.ifname} has this other end`,
    };
  if (nextHop === undefined)
    return { kind: 'unknown', why: `the next hop behind ${tunnel.link.facts.ifname} is not known` };
  return { kind: 'remote', remote: { address: nextHop }, how: `the route's next hop is the other end` };
};
