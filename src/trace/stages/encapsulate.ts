/** A packet leaves by a tunnel's link: put into another packet, which the netns of the tunnel sends as its own (vxlan_xmit_one, ip_tunnel_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Packet } from '../../model/packet.ts';
import type { Flight, Next } from '../flight.ts';
import { end, endUnknown, note } from '../journal.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { routeOutput } from '../routing/route-output.ts';
import { chooseByDaemon } from '../tunnels/choose-by-daemon.ts';
import type { RemoteChoice } from '../tunnels/choose-remote.ts';
import { chooseForFrame, chooseForPacket } from '../tunnels/choose-remote.ts';
import { outerPacket, outerSending } from '../tunnels/outer-packet.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import { outerNetns, tunnelDoubt, tunnelName, tunnelOf } from '../tunnels/tunnel.ts';
import type { TunnelEnd } from '../tunnels/tunnel-ends.ts';
import { endsAt, isMulticast } from '../tunnels/tunnel-ends.ts';
import type { World } from '../world.ts';
import { decapsulate } from './decapsulate.ts';
import { send } from './send.ts';

/**
 * A bridge port tells the sender itself when a packet gets too big inside the tunnel (skb_tunnel_check_pmtu); other links leave it to
 * their own MTU, and the outer packet is fragmented. Programs cut into pieces themselves.
 */
const tooBig = (world: World, flight: Flight, { tunnel, outer }: TunnelEnd, packet: Packet): string | undefined => {
  if (!flight.packet.dontFragment || tunnel.link.bridgePort === undefined || tunnel.daemon !== undefined)
    return undefined;
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

const carrier = ({ daemon }: Tunnel): string =>
  daemon === undefined ? 'puts it into' : `hands it to ${daemon.name}, which sends it in`;

const wrap = (
  world: World,
  flight: Flight,
  at: TunnelEnd,
  { remote, how }: Extract<RemoteChoice, { kind: 'remote' }>,
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
    text: `${ifname} ${carrier(tunnel)} ${tunnelName(tunnel)} for ${remote.address}${port}`,
    evidence: {
      fact: how,
      ...(remote.entry !== undefined && { source: tunnel.daemon === undefined ? 'fdb' : 'sockets' }),
    },
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
  const choice =
    tunnel.daemon !== undefined
      ? chooseByDaemon(world, flight, at)
      : tunnel.layer === 2
        ? chooseForFrame(world, flight, at)
        : chooseForPacket(tunnel, nextHop);
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
