/** A packet passes through a netns on its way: TTL, size, FORWARD (ip_forward, ip6_forward). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { formatPacket } from '../format-packet.ts';
import { runHook } from '../hooks/run-hook.ts';
import { end } from '../journal.ts';
import type { Onward } from '../routing/route-input.ts';
import type { World } from '../world.ts';
import { transmit } from './transmit.ts';

/** The same packet, in the same netns, between the same links, a second time. */
const loopKey = (flight: Flight, from: LinkNode, way: Onward): string =>
  `${flight.netns} ${from.id} ${way.link.id} ${formatPacket(flight.packet)} ${flight.packet.mark} ${flight.direction}`;

const isLinkLocal6 = (address: string): boolean => /^fe[89ab]/i.test(address);

/** ip_forward answers with ICMP "fragmentation needed"; it may be sent on by a smaller link only in pieces. */
const tooBig = (flight: Flight, way: Onward): string | undefined => {
  const { mtu, ifname } = way.link.facts;
  const { length, dontFragment, family } = flight.packet;
  if (length <= mtu || (family === 4 && !dontFragment)) return undefined;
  return `${length} bytes do not fit through ${ifname} (mtu ${mtu}); the sender is told to send smaller packets`;
};

export const forward = (world: World, flight: Flight, from: LinkNode, way: Onward): Next => {
  const { packet } = flight;
  const key = loopKey(flight, from, way);
  if (flight.seen.includes(key)) {
    const text = `the packet has been here before: it goes round until its TTL is used up`;
    return end(world, flight, 'loop', { kind: 'route', text, evidence: {} });
  }
  if (packet.ttl <= 1)
    return end(world, flight, 'dropped', {
      kind: 'route',
      text: 'its TTL is used up; the sender is told so',
      evidence: { fact: `ttl ${packet.ttl}` },
    });
  if (packet.family === 6 && isLinkLocal6(packet.src)) {
    return end(world, flight, 'dropped', {
      kind: 'route',
      text: `${packet.src} is a link-local source: it is not forwarded`,
      evidence: {},
    });
  }
  const big = tooBig(flight, way);
  if (big !== undefined)
    return end(world, flight, 'dropped', {
      kind: 'mtu',
      text: big,
      evidence: { fact: `${way.link.facts.ifname} mtu ${way.link.facts.mtu}` },
      link: way.link.id,
    });
  const hopped = { ...flight, packet: { ...packet, ttl: packet.ttl - 1 }, seen: [...flight.seen, key] };
  const place = {
    hook: 'forward',
    family: packet.family === 4 ? 'ip' : 'ip6',
    in: from,
    out: way.link,
    nextHop: way.nextHop,
    ...(flight.bridgePort && { physin: flight.bridgePort }),
  } as const;
  return runHook(world, hopped, place, (after) => transmit(world, after, way));
};
