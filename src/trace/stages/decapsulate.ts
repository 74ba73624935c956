/** An outer packet has reached its netns: a tunnel's link there takes the packet out of it, if one fits (vxlan_rcv, ip_tunnel_rcv). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Inside, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { end, note } from '../journal.ts';
import { contradictingEntry } from '../tunnels/remotes.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import { tunnelName } from '../tunnels/tunnel.ts';
import { allTunnels } from '../tunnels/tunnel-ends.ts';
import type { World } from '../world.ts';
import { comeIn } from './come-in.ts';
import { moved } from './moved.ts';

const lost = (world: World, flight: Flight, text: string, evidence: { readonly fact?: string } = {}): Next =>
  end(world, flight, 'dropped', { kind: 'tunnel', text, evidence });

/** The more of its addresses a tunnel names, the sooner it is asked (ip_tunnel_lookup). */
const rankOf = (tunnel: Tunnel, flight: Flight): number | undefined => {
  const { src, dst } = flight.packet;
  if (tunnel.remote !== undefined && tunnel.remote !== src) return undefined;
  if (tunnel.local !== undefined && tunnel.local !== dst) return undefined;
  return (tunnel.remote === undefined ? 0 : 2) + (tunnel.local === undefined ? 0 : 1);
};

type Taker = { readonly tunnel: Tunnel } | { readonly why: string; readonly fact?: string };

const describe = (tunnels: readonly Tunnel[]): string =>
  tunnels.map((one) => `${one.link.facts.ifname}: ${tunnelName(one)}`).join(', ');

const takerOverUdp = (inside: Inside, here: readonly Tunnel[], flight: Flight, name: string): Taker => {
  const { dport } = flight.packet;
  // A link that is down has closed its socket (vxlan_stop).
  const open = here.filter((one) => one.port === dport && one.link.state !== 'down');
  const shut = here.find((one) => one.port === dport && one.key === inside.tunnel.key && one.link.state === 'down');
  if (shut !== undefined)
    return { why: `${shut.link.facts.ifname} of ${name} is down`, fact: shut.link.facts.flags.join(',') };
  if (open.length === 0) {
    const others = here.map((one) => `${one.link.facts.ifname} has port ${one.port}`).join(', ');
    return { why: `no ${inside.tunnel.kind} link of ${name} takes udp ${dport}${others === '' ? '' : ` (${others})`}` };
  }
  const taker = open.find((one) => one.key === inside.tunnel.key && one.family === inside.tunnel.family);
  if (taker !== undefined) return { tunnel: taker };
  return { why: `${name} does not have ${tunnelName(inside.tunnel)} on udp ${dport} (${describe(open)})` };
};

const takerOverIp = (inside: Inside, here: readonly Tunnel[], flight: Flight, name: string): Taker => {
  const fitting = here
    .filter((one) => one.key === inside.tunnel.key && one.link.state !== 'down')
    .map((tunnel) => ({ tunnel, rank: rankOf(tunnel, flight) }))
    .filter((one) => one.rank !== undefined)
    .sort((a, b) => b.rank! - a.rank!);
  return fitting[0] ?? { why: `no link of ${name} takes ${tunnelName(inside.tunnel)} from ${flight.packet.src}` };
};

const findTaker = (world: World, flight: Flight, inside: Inside): Taker => {
  const here = allTunnels(world)
    .filter((one) => one.outer === flight.netns && one.tunnel.kind === inside.tunnel.kind)
    .map((one) => one.tunnel);
  const { name } = world.view(flight.netns).node;
  const over = inside.tunnel.proto === 'udp' ? takerOverUdp : takerOverIp;
  return over(inside, here, flight, name);
};

/** As it was put in, but for what the outer packet has gathered: the mark stays within one netns (skb_scrub_packet). */
const unpack = (flight: Flight, inside: Inside, link: LinkNode): Flight => {
  const { inside: _inside, bridgePort: _port, sent: _sent, ...rest } = flight;
  const arrived: Flight = {
    ...rest,
    direction: inside.direction,
    packet: { ...inside.packet, mark: flight.packet.mark },
    vlan: inside.vlan,
    seen: inside.seen,
    ...(inside.sent !== undefined && { sent: inside.sent }),
    ...(inside.inside !== undefined && { inside: inside.inside }),
  };
  return moved(arrived, link);
};

/** The flight carries a packet inside. */
export const decapsulate = (world: World, flight: Flight): Next => {
  const inside = flight.inside!;
  const taker = findTaker(world, flight, inside);
  if ('why' in taker) return lost(world, flight, taker.why, taker.fact === undefined ? {} : { fact: taker.fact });
  const { tunnel } = taker;
  const { link } = tunnel;
  const { srcMac } = inside.packet;
  const forged = contradictingEntry(world, tunnel, srcMac, flight.packet.src);
  if (forged !== undefined)
    return lost(
      world,
      flight,
      `${link.facts.ifname} drops it: ${srcMac} comes from ${flight.packet.src}, which its fixed entry contradicts`,
      {
        fact: forged,
      },
    );
  if (tunnel.layer === 2 && srcMac !== undefined && srcMac === link.facts.address)
    return lost(world, flight, `${link.facts.ifname} drops it: ${srcMac} is its own address`);
  if (inside.asked) return { kind: 'end', arrival: { flight, outcome: 'delivered' } };
  const port = tunnel.port === undefined ? '' : `, udp ${tunnel.port}`;
  const noted = note(world, flight, {
    kind: 'tunnel',
    verdict: 'changed',
    text: `${link.facts.ifname} takes it out of ${tunnelName(tunnel)}`,
    evidence: { fact: `${link.facts.ifname} ${tunnelName(tunnel)}${port}`, source: 'ip link' },
    link: link.id,
    packet: inside.packet,
  });
  return go(() => comeIn(world, unpack(noted, inside, link), link));
};
