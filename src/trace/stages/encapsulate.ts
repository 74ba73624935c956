/** A packet leaves by a tunnel's link: put into another packet, which the netns of the tunnel sends as its own (vxlan_xmit_one, ip_tunnel_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Packet } from '../../model/packet.ts';
import type { Flight, Next } from '../flight.ts';
import { end, endUnknown, note } from '../journal.ts';
import { comeIn as arriveBy } from '../layer2/find-frame-target.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { routeOutput } from '../routing/route-output.ts';
import { outerPacket, outerSending } from '../tunnels/outer-packet.ts';
import type { Remote } from '../tunnels/remotes.ts';
import { floodRemotes, learns, remotesOf, wereRead } from '../tunnels/remotes.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import { outerNetns, tunnelDoubt, tunnelName, tunnelOf } from '../tunnels/tunnel.ts';
import type { TunnelEnd } from '../tunnels/tunnel-ends.ts';
import { endsAt, isMulticast } from '../tunnels/tunnel-ends.ts';
import { tunnelFrames } from '../tunnels/tunnel-frames.ts';
import type { World } from '../world.ts';
import { decapsulate } from './decapsulate.ts';
import { send } from './send.ts';

type Choice =
  | { readonly kind: 'remote'; readonly remote: Remote; readonly how: string }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const budget = 32;

const behind = (world: World, flight: Flight, link: LinkNode): boolean => {
  const { srcMac, dstMac } = flight.packet;
  return arriveBy(world, link, { srcMac, dstMac: dstMac ?? '', vlan: flight.vlan }, budget).kind === 'link';
};

/** Sent to everybody: the one that has the MAC takes it, the others drop their copies. */
const amongMany = (world: World, flight: Flight, end: TunnelEnd, remotes: readonly Remote[]): Choice => {
  const mac = flight.packet.dstMac ?? 'a MAC beyond the picture';
  const owner = remotes.find((remote) =>
    endsAt(world, end, remote.address).some(({ tunnel }) => behind(world, flight, tunnel.link)),
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
  const link = tunnelFrames(world, end.tunnel.link, dstMac).ends.find((one) => behind(world, flight, one));
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

const chooseForFrame = (world: World, flight: Flight, end: TunnelEnd): Choice => {
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
const chooseForPacket = (tunnel: Tunnel, nextHop: string | undefined): Choice => {
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

/**
 * A bridge port tells the sender itself when a packet gets too big inside the tunnel (skb_tunnel_check_pmtu); other links leave it to
 * their own MTU, and the outer packet is fragmented.
 */
const tooBig = (world: World, flight: Flight, { tunnel, outer }: TunnelEnd, packet: Packet): string | undefined => {
  if (!flight.packet.dontFragment || tunnel.link.bridgePort === undefined) return undefined;
  const route = routeOutput(world.view(outer), {
    family: packet.family,
    dst: packet.dst,
    iif: 'lo',
    mark: packet.mark,
    tos: 0,
    proto: packet.proto,
  });
  const below = route.kind === 'ways' ? route.ways[0]?.link : undefined;
  if (below === undefined || packet.length <= below.facts.mtu) return undefined;
  return `${flight.packet.length} bytes and ${tunnel.overhead} of ${tunnelName(tunnel)} do not fit through ${below.facts.ifname} (mtu ${below.facts.mtu}); the sender is told to send smaller packets`;
};

const wrap = (
  world: World,
  flight: Flight,
  at: TunnelEnd,
  { remote, how }: Extract<Choice, { kind: 'remote' }>,
): Next => {
  const { tunnel, outer } = at;
  const { link } = tunnel;
  const { ifname } = link.facts;
  if (remote.address === '')
    return endUnknown(world, flight, 'tunnel', `${ifname} sends to a group of next hops, which were not read`);
  const packet = outerPacket(flight.packet, at, remote);
  const big = tooBig(world, flight, at, packet);
  if (big !== undefined) return end(world, flight, 'dropped', { kind: 'mtu', text: big, evidence: {}, link: link.id });
  if (isMulticast(remote.address) && endsAt(world, at, remote.address).length === 0)
    return endUnknown(
      world,
      flight,
      'tunnel',
      `${ifname} sends to the group ${remote.address}; who listens to it is not in the picture`,
    );
  const port = packet.dport === undefined ? '' : ` udp ${packet.dport}`;
  const noted = note(world, flight, {
    kind: 'tunnel',
    verdict: 'changed',
    text: `${ifname} puts it into ${tunnelName(tunnel)} for ${remote.address}${port}`,
    evidence: { fact: how, ...(remote.entry !== undefined && { source: 'fdb' }) },
    link: link.id,
  });
  const { bridgePort: _port, sent: _sent, ...rest } = noted;
  const inside = {
    tunnel: remote.key === undefined ? tunnel : { ...tunnel, key: remote.key },
    packet: flight.packet,
    vlan: flight.vlan,
    direction: flight.direction,
    seen: flight.seen,
    ...(flight.sent !== undefined && { sent: flight.sent }),
    ...(flight.inside !== undefined && { inside: flight.inside }),
  };
  const outside: Flight = {
    ...rest,
    direction: 'request',
    packet,
    netns: outer,
    tracking: { entries: flight.tracking.entries, untracked: false },
    local: true,
    vlan: 0,
    seen: [],
    crossings: flight.crossings + 1,
    inside,
  };
  // Within one netns nothing is sent at all (encap_bypass_if_local).
  if (tunnel.kind === 'vxlan' && isLocalAddress(world.view(outer), remote.address)) return decapsulate(world, outside);
  return send(world, outside, outerSending(world, tunnel));
};

const nestingLimit = 4;
const depthOf = (inside: Flight['inside']): number => (inside === undefined ? 0 : 1 + depthOf(inside.inside));

export const encapsulate = (world: World, flight: Flight, link: LinkNode, nextHop: string | undefined): Next => {
  const tunnel = tunnelOf(link);
  const { ifname } = link.facts;
  const doubt = tunnelDoubt(tunnel, ifname);
  if (tunnel === undefined || doubt !== undefined) return endUnknown(world, flight, 'tunnel', doubt ?? '');
  const outer = outerNetns(world, link);
  if (outer === undefined)
    return endUnknown(world, flight, 'tunnel', `the netns that ${ifname} sends from is not in the picture`);
  if (depthOf(flight.inside) >= nestingLimit)
    return end(world, flight, 'loop', {
      kind: 'tunnel',
      text: `${ifname} would put it into one more packet again and again`,
      evidence: {},
    });
  const at = { tunnel, outer };
  const choice = tunnel.layer === 2 ? chooseForFrame(world, flight, at) : chooseForPacket(tunnel, nextHop);
  switch (choice.kind) {
    case 'unknown':
      return endUnknown(world, flight, 'tunnel', choice.why);
    case 'lost':
      return end(world, flight, 'dropped', {
        kind: 'tunnel',
        text: choice.why,
        evidence: { source: 'fdb' },
        link: link.id,
      });
    case 'remote':
      return wrap(world, flight, at, choice);
  }
};
