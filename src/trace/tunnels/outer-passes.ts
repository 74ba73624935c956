/** Does what a tunnel sends get to its other end? Questions for neighbours that go through it depend on that. */
import type { Packet } from '../../model/packet.ts';
import { emptyTracking } from '../conntrack/connections.ts';
import type { Arrival, Flight } from '../flight.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { decapsulate } from '../stages/decapsulate.ts';
import { send } from '../stages/send.ts';
import { agree, walk } from '../walk.ts';
import type { World } from '../world.ts';
import { outerPacket, outerSending } from './outer-packet.ts';
import type { Remote } from './remotes.ts';
import type { TunnelEnd } from './tunnel-ends.ts';

/** An ARP request: too small for any MTU. */
const question = (srcMac: string | undefined): Packet => ({
  family: 4,
  src: '0.0.0.0',
  dst: '0.0.0.0',
  proto: 0,
  ttl: 64,
  mark: 0,
  tos: 0,
  length: 28,
  dontFragment: false,
  ...(srcMac !== undefined && { srcMac }),
});

const flightOf = (end: TunnelEnd, remote: Remote, inner: Packet): Flight => ({
  direction: 'request',
  packet: outerPacket(inner, end, remote),
  netns: end.outer,
  tracking: emptyTracking,
  journal: undefined,
  local: true,
  vlan: 0,
  learnt: [],
  seen: [],
  crossings: 0,
  splits: 0,
  inside: { tunnel: end.tunnel, packet: inner, vlan: 0, direction: 'request', seen: [], asked: true },
});

/** How a small packet of this tunnel fares on its way to one of its other ends: delivered where a link there takes it out. */
export const flyOuter = (world: World, end: TunnelEnd, remote: Remote, srcMac: string | undefined): Arrival => {
  const flight = flightOf(end, remote, question(srcMac));
  const start = isLocalAddress(world.view(end.outer), remote.address)
    ? decapsulate(world, flight)
    : send(world, flight, outerSending(world, end.tunnel));
  return agree(world, walk(start));
};

/** undefined: it passes by this port, or nobody can tell. A text: what stops it. */
export const whatStopsAt = (
  world: World,
  end: TunnelEnd,
  remote: Remote,
  srcMac: string | undefined,
): string | undefined => {
  const key = `stops ${end.tunnel.link.id} ${remote.address} ${remote.port} ${srcMac}`;
  const known = world.memo.get(key);
  if (known !== undefined) return (known as { readonly why: string | undefined }).why;
  // A tunnel through itself asks the same again: taken to pass, the packet itself will show the loop.
  world.memo.set(key, { why: undefined });
  const { outcome, flight } = flyOuter(world, end, remote, srcMac);
  const lost = outcome !== 'delivered' && outcome !== 'unknown';
  const last = flight.journal;
  const why = lost ? (last === undefined ? 'it is lost' : `${last.at}: ${last.step.text}`) : undefined;
  world.memo.set(key, { why });
  return why;
};

/** undefined: it gets there, if need be by the port that it falls back to. */
export const whatStops = (
  world: World,
  end: TunnelEnd,
  remote: Remote,
  srcMac: string | undefined,
): string | undefined => {
  const why = whatStopsAt(world, end, remote, srcMac);
  const { alsoPort, port } = end.tunnel;
  if (why === undefined || alsoPort === undefined || remote.port !== port) return why;
  return whatStopsAt(world, end, { ...remote, port: alsoPort }, srcMac);
};
