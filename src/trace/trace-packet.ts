/** The path of one packet and of its reply, decision by decision, from a question a person asked. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Packet, Proto } from '../model/packet.ts';
import { arriveFrom } from './beyond.ts';
import { buildWorld, isSysctlSomewhere } from './build-world.ts';
import { emptyTracking } from './conntrack/connections.ts';
import { chooseAddress, outsideAddress, uplink } from './endpoints/choose-address.ts';
import type { Endpoint } from './endpoints/resolve-endpoint.ts';
import { resolveEndpoint } from './endpoints/resolve-endpoint.ts';
import { explainTrace } from './explain.ts';
import type { Arrival, Flight, Next } from './flight.ts';
import { formatPacket } from './format-packet.ts';
import { heedMeant } from './heed-meant.ts';
import { hasRule } from './hooks/without-rules.ts';
import { hopsOf } from './journal.ts';
import type { Origin } from './reply.ts';
import { lookupRoute } from './routing/lookup-route.ts';
import { send } from './stages/send.ts';
import type { Direction, Trace } from './trace.ts';
import { failureOf, follow } from './trace-connection.ts';
import type { TraceQuestion } from './trace-question.ts';
import type { NetnsView, World } from './world.ts';

type Failure = { readonly error: string };

/** Length of a first packet: a SYN with options, a small datagram, ping's default. */
const lengths: Readonly<Record<string, number>> = { tcp: 60, udp: 60, icmp: 84, icmpv6: 104, sctp: 80 };

export interface PacketOptions {
  readonly sport?: number;
  readonly mark?: number;
  readonly source?: string;
  readonly length?: number;
}

const protoOf = (to: Endpoint, family: 4 | 6): Proto => {
  const proto = to.proto ?? (to.port === undefined ? 'icmp' : 'tcp');
  return proto === 'icmp' && family === 6 ? 'icmpv6' : proto;
};

export const firstPacket = (to: Endpoint, dst: string, options: PacketOptions = {}): Packet => {
  const family = dst.includes(':') ? 6 : 4;
  const proto = protoOf(to, family);
  return {
    family,
    src: options.source ?? '',
    dst,
    proto,
    ...(options.sport !== undefined && { sport: options.sport }),
    ...(to.port !== undefined && { dport: to.port }),
    ...(proto === 'icmp' && { icmpType: 8, icmpCode: 0 }),
    ...(proto === 'icmpv6' && { icmpType: 128, icmpCode: 0 }),
    ...(proto === 'tcp' && { tcpFlags: ['SYN'] as const }),
    ttl: 64,
    mark: options.mark ?? 0,
    tos: 0,
    length: options.length ?? lengths[String(proto)] ?? 60,
    dontFragment: proto === 'tcp',
  };
};

interface Start {
  readonly next: Next;
  readonly origin: Origin;
  /** The end that was asked for by name. */
  readonly meant?: NetnsId | undefined;
}

const flightOf = (packet: Packet, netns: Flight['netns'], local: boolean): Flight => ({
  direction: 'request',
  packet,
  netns,
  tracking: emptyTracking,
  journal: undefined,
  local,
  vlan: 0,
  learnt: [],
  seen: [],
  crossings: 0,
  splits: 0,
});

export const startInside = (world: World, netns: Flight['netns'], packet: Packet): Start => {
  const next = send(world, flightOf(packet, netns, true), {
    what: 'sends',
    ...(packet.src !== '' && { source: packet.src }),
  });
  return { next, origin: { netns } };
};

/** The uplink that has this address. */
const ownerOf = (view: NetnsView, address: string) =>
  view.links.find(
    (link) =>
      link.kind !== 'loopback' &&
      link.kind !== 'bridge' &&
      link.kind !== 'dummy' &&
      link.state === 'up' &&
      link.addresses.some(({ local, scope }) => local === address && scope === 'global'),
  );

/** From beyond the picture: over the wire that the way back to the source uses. */
const startOutside = (world: World, from: Endpoint, to: Endpoint, packet: Packet): Start | Failure => {
  const node = [...world.graph.hosts.values()]
    .map((host) => host.netns)
    .find(
      (netns) =>
        netns !== undefined &&
        (to.netns === undefined || world.view(netns).node.host === world.view(to.netns).node.host),
    );
  if (node === undefined) return { error: "the host's netns was not read" };
  const view = world.view(node);
  const source = from.address ?? outsideAddress[packet.family];
  const back = lookupRoute(view, { family: packet.family, dst: source, iif: 'lo', mark: 0, tos: 0 });
  const hop = back.kind === 'found' && back.type === 'unicast' ? back.hops[0] : undefined;
  // Beyond a router, it is the address asked for that leads packets to a link, not the way this host would answer by.
  const own = hop?.gateway === undefined ? undefined : ownerOf(view, packet.dst);
  const wire = own ?? view.linkByName.get(hop?.dev ?? '') ?? uplink(view, packet.family);
  if (wire === undefined) return { error: `no link of ${view.node.name} leads to ${from.name}` };
  const arriving = { ...packet, src: source };
  const text = `${formatPacket(arriving)} comes in by ${wire.facts.ifname}`;
  return {
    next: arriveFrom(world, { ...flightOf(arriving, node, false), sent: arriving }, wire, text),
    origin: { netns: node, wire },
  };
};

const directionOf = (arrival: Arrival): Direction => {
  const hops = hopsOf(arrival.flight.journal);
  const last = hops.length - 1;
  const decided =
    arrival.outcome === 'delivered' || last < 0 ? undefined : { hop: last, step: hops[last]!.steps.length - 1 };
  return { outcome: arrival.outcome, hops, ...(decided && { decidedBy: decided }) };
};

export const traceStart = (
  world: World,
  names: { readonly from: string; readonly to: string },
  { next, origin, meant }: Start,
): Trace => {
  const connection = heedMeant(world, follow(world, next, origin), origin.netns, meant);
  const { request, reply, followUp } = connection;
  const failed = failureOf(connection);
  const outcome = failed?.outcome ?? 'delivered';
  const requestDirection = directionOf(request);
  const replyDirection = reply && directionOf(reply);
  const decided = failed?.flight.journal?.step;
  const listener = request.outcome === 'delivered' ? request.listener : undefined;
  const draft = {
    ...names,
    outcome,
    ...(decided && { decidedBy: decided }),
    request: requestDirection,
    ...(replyDirection && { reply: replyDirection }),
    ...(followUp && { followUp: directionOf(followUp) }),
    ...(connection.parted !== undefined && { parted: connection.parted }),
    ...(listener && { listener: { netns: listener.netns, text: listener.text } }),
    gaps: world.graph.gaps.filter(
      (gap) =>
        outcome === 'unknown' &&
        gap.netns !== undefined &&
        requestDirection.hops.some((hop) => hop.netns === gap.netns),
    ),
  };
  return { ...draft, explanation: explainTrace(draft) };
};

/** `node-a/web or node-b/web`: what to write instead. */
const choices = (graph: Graph, found: readonly Endpoint[]): string => {
  const names = found.map(
    ({ netns, name }) => (netns === undefined ? undefined : graph.netns.get(netns)?.name) ?? name,
  );
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} …` : names.join(' or ');
};

const pick = (graph: Graph, found: readonly Endpoint[] | Failure, text: string): Endpoint | Failure => {
  if ('error' in found) return found;
  const distinct = new Set(found.map((endpoint) => endpoint.netns));
  if (distinct.size <= 1) return found[0]!;
  const apart =
    new Set(found.map((endpoint) => endpoint.host)).size > 1
      ? `say which: ${choices(graph, found)}`
      : 'container:, netns: or an address tells them apart';
  return { error: `${text} is ambiguous: ${found.length} ends are called so (${apart})` };
};

const isRuleSomewhere = (graph: Graph, name: string): boolean => {
  const plain = buildWorld(graph);
  return [...graph.netns.keys()].some((id) => {
    const { ruleset } = plain.view(id).ruleset();
    return ruleset !== undefined && hasRule(ruleset, name);
  });
};

export const tracePacket = (graph: Graph, question: TraceQuestion, options: PacketOptions = {}): Trace | Failure => {
  const world = buildWorld(graph, { without: question.without ?? [], sysctls: question.withSysctl ?? {} });
  const missing = question.without?.find((name) => !isRuleSomewhere(graph, name));
  if (missing !== undefined) return { error: `${missing}: no such rule (TABLE/CHAIN/INDEX, CHAIN:INDEX, or its text)` };
  const unknown = Object.keys(question.withSysctl ?? {}).find((key) => !isSysctlSomewhere(graph, key));
  if (unknown !== undefined)
    return { error: `${unknown}: no such sysctl was read (net.ipv4.ip_forward, or NETNS:KEY)` };
  const from = pick(graph, resolveEndpoint(graph, question.from), question.from);
  if ('error' in from) return from;
  const resolved = resolveEndpoint(graph, question.to);
  // An address that several netns have is one destination all the same: the routes decide who gets it.
  const to =
    !('error' in resolved) && resolved[0]?.address !== undefined ? resolved[0] : pick(graph, resolved, question.to);
  if ('error' in to) return to;
  const dst = chooseAddress(world, from, to);
  if (typeof dst !== 'string') return dst;
  if (from.address !== undefined && from.address.includes(':') !== dst.includes(':')) {
    return { error: `${from.address} and ${dst} are addresses of different families` };
  }
  const packet = firstPacket(to, dst, { ...options, ...(from.address !== undefined && { source: from.address }) });
  const start =
    from.netns === undefined ? startOutside(world, from, to, packet) : startInside(world, from.netns, packet);
  if ('error' in start) return start;
  const meant = to.address === undefined ? to.netns : undefined;
  return traceStart(world, { from: question.from, to: question.to }, { ...start, meant });
};
