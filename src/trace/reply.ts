/** The answer to a packet that arrived: made where it arrived, on its way back to where it came from. */
import type { LinkNode } from '../graph/graph.ts';
import type { Packet } from '../model/packet.ts';
import { answererBehind, arriveFrom } from './beyond.ts';
import type { Arrival, Flight, Next } from './flight.ts';
import { formatEndpoint, formatPacket } from './format-packet.ts';
import { end, endUnknown } from './journal.ts';
import { routeOutput } from './routing/route-output.ts';
import { send } from './stages/send.ts';
import { sysctl } from './sysctls.ts';
import type { World } from './world.ts';

/** Where the first packet was made. */
export interface Origin {
  readonly netns: Flight['netns'];
  /** It came in over a wire from outside: this one. */
  readonly wire?: LinkNode;
}

const answerTo = (packet: Packet): Packet => {
  const {
    sport,
    dport,
    in: _in,
    out: _out,
    physin: _pi,
    physout: _po,
    srcMac: _sm,
    dstMac: _dm,
    icmpType,
    tcpFlags,
    ...rest
  } = packet;
  return {
    ...rest,
    src: packet.dst,
    dst: packet.src,
    ...(dport !== undefined && { sport: dport }),
    ...(sport !== undefined && { dport: sport }),
    ...(icmpType !== undefined && { icmpType: packet.proto === 'icmpv6' ? 129 : 0 }),
    ...(tcpFlags !== undefined && { tcpFlags: ['SYN', 'ACK'] }),
    ttl: 64,
  };
};

/** Answers carry no mark unless a sysctl says that they take the request's (IP4_REPLY_MARK, tcp_fwmark_accept). */
const replyMark = (world: World, arrival: Arrival): number => {
  const { packet, netns } = arrival.flight;
  const view = world.view(netns);
  const name = packet.proto === 'tcp' ? 'ipv4.tcp_fwmark_accept' : `ipv${packet.family}.fwmark_reflect`;
  return sysctl(view, name) === '1' ? packet.mark : 0;
};

const matches = (answer: Packet, origin: Packet): boolean =>
  answer.src === origin.dst &&
  answer.dst === origin.src &&
  answer.sport === origin.dport &&
  answer.dport === origin.sport;

/**
 * A UDP program on a wildcard address answers from the address that the route gives, unless it asks where the packet came to
 * (IP_PKTINFO): known only where both are the same, and of docker-proxy by its version.
 */
const answer = (world: World, start: Flight, arrival: Arrival): Next => {
  const asAsked = (): Next => send(world, start, { source: start.packet.src, what: 'answers' });
  const wildcard = start.packet.proto === 'udp' && arrival.listener?.wildcard;
  const from = arrival.listener?.proxy?.answersFrom;
  if (!wildcard || from === 'asked') return asAsked();
  const { family, dst, mark, tos } = start.packet;
  const route = routeOutput(world.view(start.netns), { family, dst, iif: 'lo', mark, tos, proto: 'udp' });
  const same = route.kind === 'ways' && route.ways.every((way) => way.src === start.packet.src);
  if (same) return asAsked();
  const byRoute = (): Next => send(world, start, { what: 'answers' });
  if (from === 'route') return byRoute();
  const why =
    'whether the program answers from the address it was asked on (IP_PKTINFO), or from the one its route gives';
  return { kind: 'split', why, ways: [asAsked, byRoute] };
};

export const startReply = (world: World, arrival: Arrival): Next => {
  const { flight } = arrival;
  const packet = { ...answerTo(flight.packet), mark: replyMark(world, arrival) };
  const { bridgePort: _port, ...rest } = flight;
  const start: Flight = { ...rest, direction: 'reply', packet, journal: undefined, seen: [], crossings: 0 };
  if (arrival.leftBy !== undefined) return comeBack(world, start, arrival);
  return answer(world, start, arrival);
};

/** A netns in the picture that has the address the packet went out to look for. */
const ownerElsewhere = (world: World, address: string, host: Flight['netns']): string | undefined => {
  const { host: id } = world.view(host).node;
  const link = [...world.graph.links.values()].find(
    (one) =>
      one.kind !== 'loopback' &&
      one.addresses.some((info) => info.local === address) &&
      world.graph.netns.get(one.netns)?.host === id &&
      world.graph.netns.get(one.netns)?.facts.routes !== undefined,
  );
  return link && world.view(link.netns).node.name;
};

/** Nobody here sees who answers out there: the answer comes back by the wire if the address it goes to is known out there. */
const comeBack = (world: World, start: Flight, arrival: Arrival): Next => {
  const wire = world.link(arrival.leftBy!);
  const { packet } = start;
  const owner = answererBehind(world, wire, packet.dst, packet.src, packet.family);
  const elsewhere = ownerElsewhere(world, packet.src, wire.netns);
  const back: Flight = { ...start, netns: wire.netns, tracking: { entries: start.tracking.entries, untracked: false } };
  if (elsewhere !== undefined) {
    const why = `${packet.src} is an address of ${elsewhere}, but the packet leaves by ${wire.facts.ifname}; whether it is sent back here cannot be seen`;
    return endUnknown(world, back, 'wire', why);
  }
  if (owner === undefined) {
    const why = `the packet leaves with the source ${packet.dst}, which nobody outside ${wire.facts.ifname} needs to know; without a route back to it there is no answer`;
    return endUnknown(world, back, 'wire', why);
  }
  return arriveFrom(
    world,
    back,
    wire,
    `the answer comes back by ${wire.facts.ifname}, if ${formatEndpoint(packet, 'src')} answers`,
  );
};

/** Did the answer get to the socket that waits for it, looking as that socket expects? */
export const judgeReply = (world: World, arrival: Arrival, origin: Origin): Arrival => {
  if (arrival.outcome !== 'delivered') return arrival;
  const { flight, leftBy } = arrival;
  const name = world.view(flight.netns).node.name;
  const asked = flight.sent;
  const fits = asked !== undefined && matches(flight.packet, asked);
  const wrong = (text: string): Arrival =>
    finished(end(world, flight, 'no-listener', { kind: 'socket', text, evidence: {} }));
  if (leftBy !== undefined) {
    if (origin.wire !== undefined && fits) return arrival;
    if (origin.wire !== undefined)
      return wrong(
        `the answer leaves as ${formatPacket(flight.packet)}: whoever asked ${asked?.dst ?? 'us'} does not know it`,
      );
    return finished(endUnknown(world, flight, 'wire', 'the answer leaves to where nothing can be seen'));
  }
  if (origin.wire !== undefined || flight.netns !== origin.netns)
    return wrong(`the answer ends in ${name}, which did not ask`);
  if (!fits) return wrong(`the answer comes as ${formatPacket(flight.packet)}: no socket waits for that`);
  return arrival;
};

const finished = (next: Next): Arrival => {
  if (next.kind !== 'end') throw new Error('an ending that goes on');
  return next.arrival;
};
