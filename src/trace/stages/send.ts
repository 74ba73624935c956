/** A packet made in a netns: routed, OUTPUT, routed again where rules changed it, then on its way (ip_local_out). */
import type { Proto } from '../../model/packet.ts';
import { explainRefusal, routeEvidence, routeText } from '../explain-route.ts';
import type { Flight, Next } from '../flight.ts';
import { formatPacket } from '../format-packet.ts';
import { runHook } from '../hooks/run-hook.ts';
import { end, endUnknown, note, pass } from '../journal.ts';
import type { RouteKey } from '../routing/route-key.ts';
import type { OutputAnswer, WayOut } from '../routing/route-output.ts';
import { routeOutput } from '../routing/route-output.ts';
import type { World } from '../world.ts';
import { balance } from './balance.ts';
import { transmit } from './transmit.ts';

export interface Sending {
  /** Source the socket is bound to, or that the answered packet was sent to. Absent: the kernel chooses. */
  readonly source?: string;
  readonly sourceFixed?: boolean;
  /** Link the socket is bound to. */
  readonly oif?: string;
  /** The kernel sends it itself: one look-up gives route and source. */
  readonly once?: true;
  /** What the packet is for: `answers`, `connects to`. */
  readonly what: string;
}

const keyOf = (flight: Flight, source: string | undefined, oif: string | undefined): RouteKey => {
  const { packet } = flight;
  return {
    family: packet.family,
    dst: packet.dst,
    iif: 'lo',
    mark: packet.mark,
    tos: packet.tos,
    proto: packet.proto,
    ...(source !== undefined && { src: source }),
    ...(oif !== undefined && { oif }),
    ...(packet.sport !== undefined && { sport: packet.sport }),
    ...(packet.dport !== undefined && { dport: packet.dport }),
  };
};

/** connect() looks up twice: first for the source, then with it, so that `from` selectors of policy rules apply (ip_route_connect). */
const connects = (proto: Proto): boolean => proto === 'tcp' || proto === 'udp' || proto === 'sctp';

const lookup = (world: World, flight: Flight, sending: Sending): OutputAnswer => {
  const view = world.view(flight.netns);
  const first = routeOutput(view, keyOf(flight, sending.source, sending.oif));
  const again = first.kind === 'ways' && sending.source === undefined && !sending.once && connects(flight.packet.proto);
  if (!again) return first;
  const sources = new Set(first.ways.map((way) => way.src));
  const ways: WayOut[] = [];
  for (const source of sources) {
    const second = routeOutput(view, keyOf(flight, source, sending.oif));
    if (second.kind !== 'ways') return second;
    ways.push(...second.ways);
  }
  return { kind: 'ways', ways };
};

/** Several ways are followed one by one. */
export const splitWays = <Way>(ways: readonly Way[], why: string, run: (way: Way) => Next): Next =>
  ways.length === 1 ? run(ways[0]!) : { kind: 'split', why, ways: ways.map((way) => () => run(way)) };

const onWay = (world: World, flight: Flight, way: WayOut, what: string): Next => {
  const packet = { ...flight.packet, src: way.src };
  const sent = flight.direction === 'request' && flight.inside === undefined ? packet : flight.sent;
  const made = pass(world, { ...flight, packet, ...(sent && { sent }) }, () => ({
    kind: 'origin',
    verdict: 'pass',
    text: `${what} ${formatPacket(packet)}`,
    evidence: {},
  }));
  const routed = pass(world, made, () => ({
    kind: 'route',
    verdict: 'pass',
    text: routeText(way.found, packet.dst),
    evidence: routeEvidence(way.found),
    link: way.link.id,
  }));
  return output(world, routed, way);
};

const output = (world: World, flight: Flight, way: WayOut): Next => {
  const before = flight.packet;
  const place = { hook: 'output', family: before.family === 4 ? 'ip' : 'ip6', in: undefined, out: way.link } as const;
  return runHook(world, flight, place, (after, { reroute }) => {
    const balanced = balance(world, after);
    if (balanced !== undefined) return balanced;
    return reroute || after.packet.dst !== before.dst ? rerouted(world, after) : transmit(world, after, way);
  });
};

/** What comes from elsewhere is sent as if it were made here: ipvlan's layer 3 modes (ipvlan_process_outbound, FLOWI_FLAG_ANYSRC), IPVS. */
export const sendForeign = (world: World, flight: Flight, oif?: string): Next => {
  const made: Flight = { ...flight, local: true, vlan: 0 };
  const key = keyOf(made, made.packet.src, oif);
  const answer = routeOutput(world.view(made.netns), key, { anySource: true });
  if (answer.kind === 'unknown') return endUnknown(world, made, 'route', answer.reason);
  if (answer.kind === 'error') return refused(world, made, answer);
  return splitWays(answer.ways, 'the route has several next hops', (way) => {
    const step = () => ({
      kind: 'route' as const,
      verdict: 'pass' as const,
      text: routeText(way.found, made.packet.dst),
      evidence: routeEvidence(way.found),
      link: way.link.id,
    });
    return output(world, pass(world, made, step), way);
  });
};

/** ip_route_me_harder: the source need not be ours any more. */
const rerouted = (world: World, flight: Flight): Next => {
  const answer = routeOutput(world.view(flight.netns), keyOf(flight, flight.packet.src, undefined), {
    anySource: true,
  });
  if (answer.kind === 'unknown') return endUnknown(world, flight, 'route', answer.reason);
  if (answer.kind === 'error') return refused(world, flight, answer);
  return splitWays(answer.ways, 'the route has several next hops', (way) => {
    const text = `routed again: ${routeText(way.found, flight.packet.dst)}`;
    return transmit(
      world,
      note(world, flight, {
        kind: 'route',
        verdict: 'pass',
        text,
        evidence: routeEvidence(way.found),
        link: way.link.id,
      }),
      way,
    );
  });
};

const refused = (world: World, flight: Flight, answer: Extract<OutputAnswer, { kind: 'error' }>): Next => {
  const { outcome, evidence } = explainRefusal(answer.answer, answer.error);
  return end(world, flight, outcome, { kind: 'route', text: `${answer.why} (${answer.error})`, evidence });
};

export const send = (world: World, flight: Flight, sending: Sending): Next => {
  const made: Flight = {
    ...flight,
    local: true,
    vlan: 0,
    tracking: { entries: flight.tracking.entries, untracked: false },
  };
  const answer = lookup(world, made, sending);
  if (answer.kind === 'unknown') return endUnknown(world, made, 'route', answer.reason);
  if (answer.kind === 'error') return refused(world, made, answer);
  return splitWays(answer.ways, 'the route has several next hops', (way) => onWay(world, made, way, sending.what));
};
