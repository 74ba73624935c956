/** An outer packet has reached its netns: a tunnel's link there takes the packet out of it, if one fits (vxlan_rcv, ip_tunnel_rcv). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Inside, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { end, endUnknown, note } from '../journal.ts';
import { daemonGone } from '../tunnels/daemon-peers.ts';
import { contradictingEntry } from '../tunnels/remotes.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import { tunnelName } from '../tunnels/tunnel.ts';
import { allTunnels } from '../tunnels/tunnel-ends.ts';
import type { World } from '../world.ts';
import { comeIn } from './come-in.ts';
import { moved } from './moved.ts';
import { decrypt } from './through-ipsec.ts';

const lost = (world: World, flight: Flight, text: string, evidence: { readonly fact?: string } = {}): Next =>
  end(world, flight, 'dropped', { kind: 'tunnel', text, evidence });

/** The more of its addresses a tunnel names, the sooner it is asked (ip_tunnel_lookup). */
const rankOf = (tunnel: Tunnel, flight: Flight): number | undefined => {
  const { src, dst } = flight.packet;
  if (tunnel.remote !== undefined && tunnel.remote !== src) return undefined;
  if (tunnel.local !== undefined && tunnel.local !== dst) return undefined;
  return (tunnel.remote === undefined ? 0 : 2) + (tunnel.local === undefined ? 0 : 1);
};

type Taker =
  | { readonly tunnel: Tunnel }
  | { readonly why: string; readonly fact?: string }
  /** Somebody else decides whether it is taken. */
  | { readonly doubt: string };

const byRank =
  (flight: Flight) =>
  (a: Tunnel, b: Tunnel): number =>
    (rankOf(b, flight) ?? 0) - (rankOf(a, flight) ?? 0);

const describe = (tunnels: readonly Tunnel[]): string =>
  tunnels
    .map(({ remote, ...one }) => {
      const from = one.switch === undefined || remote === undefined ? '' : ` from ${remote}`;
      return `${one.link.facts.ifname}: ${tunnelName(one)}${from}`;
    })
    .join(', ');

const takerOverUdp = (inside: Inside, here: readonly Tunnel[], flight: Flight, name: string): Taker => {
  const { dport } = flight.packet;
  // A link that is down has closed its socket (vxlan_stop).
  const open = here.filter((one) => (one.port === dport || one.alsoPort === dport) && one.link.state !== 'down');
  const shut = here.find((one) => one.port === dport && one.key === inside.tunnel.key && one.link.state === 'down');
  if (shut !== undefined)
    return { why: `${shut.link.facts.ifname} of ${name} is down`, fact: shut.link.facts.flags.join(',') };
  if (open.length === 0) {
    const others = here.map((one) => `${one.link.facts.ifname} has port ${one.port}`).join(', ');
    return { why: `no ${inside.tunnel.kind} link of ${name} takes udp ${dport}${others === '' ? '' : ` (${others})`}` };
  }
  const numbered = open.filter((one) => one.key === inside.tunnel.key && one.family === inside.tunnel.family);
  // A link of the kernel's own takes its number from anybody; the ports of a switch each have their sender.
  const [taker] = numbered
    .filter((one) => one.switch === undefined || rankOf(one, flight) !== undefined)
    .sort(byRank(flight));
  const gone = taker && daemonGone(taker);
  if (gone !== undefined) return { why: `${gone} on ${name}; the sender is told so` };
  if (taker !== undefined) return { tunnel: taker };
  if (numbered.length > 0)
    return {
      why: `no port of ${name} takes ${tunnelName(inside.tunnel)} from ${flight.packet.src} (${describe(numbered)})`,
    };
  return { why: `${name} does not have ${tunnelName(inside.tunnel)} on udp ${dport} (${describe(open)})` };
};

const takerOverIp = (inside: Inside, here: readonly Tunnel[], flight: Flight, name: string): Taker => {
  const [tunnel] = here
    .filter((one) => one.key === inside.tunnel.key && one.link.state !== 'down')
    .filter((one) => rankOf(one, flight) !== undefined)
    .sort(byRank(flight));
  if (tunnel !== undefined) return { tunnel };
  const why = `no link of ${name} takes ${tunnelName(inside.tunnel)} from ${flight.packet.src}`;
  return here.length === 0 ? { why } : { why, fact: describe(here) };
};

/** What a program sets up for each packet may take it; the link that Open vSwitch shares does where its ports say so. */
const findDoubt = (here: readonly Tunnel[], { packet }: Flight): Taker | undefined => {
  const known = here.some((one) => one.switch !== undefined);
  const other = here.find(
    (one) =>
      one.external &&
      one.link.state !== 'down' &&
      (one.port === undefined || one.port === packet.dport) &&
      (one.switch !== undefined || !known),
  );
  if (other === undefined) return undefined;
  const { ifname } = other.link.facts;
  return {
    doubt: other.doubt ?? `a program decides for each packet what ${ifname} takes, and its settings were not read`,
  };
};

const findTaker = (world: World, flight: Flight, inside: Inside): Taker => {
  const here = allTunnels(world)
    .filter((one) => one.outer === flight.netns && one.tunnel.kind === inside.tunnel.kind)
    .map((one) => one.tunnel);
  const { name } = world.view(flight.netns).node;
  const over = inside.tunnel.proto === 'udp' ? takerOverUdp : takerOverIp;
  const taker = over(
    inside,
    here.filter((one) => !one.external),
    flight,
    name,
  );
  return 'tunnel' in taker ? taker : (findDoubt(here, flight) ?? taker);
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
  if (inside.tunnel.kind === 'esp') return decrypt(world, flight, inside);
  const taker = findTaker(world, flight, inside);
  if ('doubt' in taker) return endUnknown(world, flight, 'tunnel', taker.doubt);
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
    text: `${tunnel.daemon?.name ?? link.facts.ifname} takes it out of ${tunnelName(tunnel)}${tunnel.daemon === undefined ? '' : ` and puts it into ${link.facts.ifname}`}`,
    evidence: {
      fact: `${link.facts.ifname} ${tunnelName(tunnel)}${port}`,
      source: tunnel.switch === undefined ? 'ip link' : 'ovs-vsctl',
    },
    link: link.id,
    packet: inside.packet,
  });
  return go(() => comeIn(world, unpack(noted, inside, link), link));
};
