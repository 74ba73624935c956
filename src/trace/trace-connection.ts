/** A connection's first packet and its answer: request, userland proxy in between, reply. */

import { arriveFrom } from './beyond.ts';
import { emptyTracking } from './conntrack/connections.ts';
import type { Arrival, Flight, Next } from './flight.ts';
import { note } from './journal.ts';
import type { Origin } from './reply.ts';
import { judgeReply, startReply } from './reply.ts';
import { send } from './stages/send.ts';
import type { Walk } from './walk.ts';
import { agree, fingerprint, walk } from './walk.ts';
import type { World } from './world.ts';

export interface ConnectionTrace {
  readonly request: Arrival;
  readonly reply?: Arrival;
  /** TCP, when the reply came back: the asker's next packet, which rules see as part of an established connection. */
  readonly followUp?: Arrival;
  /** Every way arrives, but not all at the same place or looking the same: what that depends on. */
  readonly parted?: string;
}

/** What did not get through, in the order of the connection. */
export const failureOf = ({ request, reply, followUp }: ConnectionTrace): Arrival | undefined =>
  [request, reply, followUp].find((arrival) => arrival !== undefined && arrival.outcome !== 'delivered');

const proxyLimit = 3;
const replyLimit = 8;

/** The source port of the proxy's own connection is one nobody chose. */
const proxyStart = (world: World, arrival: Arrival): { readonly next: Next; readonly origin: Origin } => {
  const { flight } = arrival;
  const { address, port } = arrival.listener!.proxy!;
  const family = address.includes(':') ? 6 : 4;
  const { proto } = flight.packet;
  const packet = {
    family,
    src: '',
    dst: address,
    proto,
    dport: port,
    ttl: 64,
    mark: 0,
    tos: 0,
    length: flight.packet.length,
    dontFragment: true,
    ...(proto === 'tcp' && { tcpFlags: ['SYN'] as const }),
  } as const;
  const text = `the userland proxy opens a connection of its own to ${address}:${port}`;
  const {
    bridgePort: _port,
    sent: _sent,
    ...rest
  } = note(world, flight, { kind: 'socket', verdict: 'pass', text, evidence: { fact: arrival.listener!.text } });
  const start: Flight = {
    ...rest,
    packet,
    tracking: { ...emptyTracking, entries: flight.tracking.entries },
    seen: [],
    crossings: 0,
    local: true,
  };
  return {
    next: send(world, start, { what: 'the userland proxy connects' }),
    origin: { netns: flight.netns },
  };
};

/** The proxy's connection must work both ways before it serves the first one. */
const throughProxy = (world: World, arrival: Arrival, depth: number): Arrival => {
  if (arrival.outcome !== 'delivered' || arrival.listener?.proxy === undefined || depth >= proxyLimit) return arrival;
  const { next, origin } = proxyStart(world, arrival);
  const inner = follow(world, next, origin, depth + 1);
  const { request } = inner;
  if (request.outcome !== 'delivered') return request;
  const failed = failureOf(inner);
  if (failed !== undefined) {
    // Its steps follow those of the request: what failed is what the connection waits for.
    const last = failed.flight.journal!;
    const what = failed === inner.reply ? 'the answer to the proxy' : "the proxy's next packet";
    const noted = note(
      world,
      { ...request.flight, netns: last.netns },
      { ...last.step, text: `${what}: ${last.step.text}` },
    );
    return { ...failed, flight: noted };
  }
  return {
    ...request,
    listener: {
      ...(request.listener ?? arrival.listener),
      text: `${request.listener?.text ?? 'the container'}, through the userland proxy`,
    },
  };
};

const repliesTo = (world: World, arrivals: readonly Arrival[], origin: Origin): Walk => {
  const walks = arrivals.map((arrival) => walk(startReply(world, arrival)));
  return {
    arrivals: walks.flatMap((one) => one.arrivals.map((arrival) => judgeReply(world, arrival, origin))),
    reasons: walks.flatMap((one) => one.reasons),
    truncated: walks.some((one) => one.truncated),
  };
};

/** The third packet of a TCP handshake: without it the other end never sees a connection. */
const startFollowUp = (world: World, { flight }: Arrival, origin: Origin): Next => {
  const { bridgePort: _port, ...rest } = flight;
  const packet = { ...flight.sent!, tcpFlags: ['ACK'] as const };
  const tracking = { entries: flight.tracking.entries, untracked: false };
  const start: Flight = {
    ...rest,
    direction: 'request',
    packet,
    netns: origin.netns,
    tracking,
    journal: undefined,
    seen: [],
    crossings: 0,
  };
  if (origin.wire !== undefined)
    return arriveFrom(world, start, origin.wire, 'the next packet of the connection comes in');
  return send(world, start, { source: packet.src, what: 'goes on with' });
};

export const follow = (world: World, start: Next, origin: Origin, depth = 0): ConnectionTrace => {
  const first = walk(start);
  const firstArrivals = first.arrivals;
  const proxied = firstArrivals.map((arrival) => throughProxy(world, arrival, depth));
  const delivered = proxied.every((arrival) => arrival.outcome === 'delivered');
  if (!delivered) return { request: agree(world, { ...first, arrivals: proxied }) };
  // The reply answers the packet that first arrived, not the proxy's own connection.
  const replies = repliesTo(world, firstArrivals.slice(0, replyLimit), origin);
  const reply = agree(world, replies);
  // All ways arrive: which one was taken matters only where the answers differ.
  const same = new Set(proxied.map(fingerprint)).size === 1;
  const both = { request: proxied[0]!, reply, ...(!same && { parted: first.reasons.join('; ') }) };
  if (reply.outcome !== 'delivered' || reply.flight.sent?.proto !== 'tcp') return both;
  const next = walk(startFollowUp(world, reply, origin));
  return { ...both, followUp: agree(world, next) };
};
