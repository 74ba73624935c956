/** What to watch for and where, from the path the model predicts. */
import type { Graph } from '../../graph/graph.ts';
import type { FlowOrder, FlowTuple, WatchOrder } from '../../host/live/watch-order.ts';
import type { HostId, NetnsId } from '../../model/ids.ts';
import type { Packet } from '../../model/packet.ts';
import { parseAddress } from '../../std/ip-address.ts';
import { outsideAddress } from '../../trace/endpoints/choose-address.ts';
import type { Direction, Trace } from '../../trace/trace.ts';
import type { TraceQuestion } from '../../trace/trace-question.ts';
import { watchedIn, watchedNetns } from '../plan-probe.ts';

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };

/** The stand-in for "anywhere outside", and an address that is not chosen yet, are none. */
const address = (text: string): string | undefined =>
  text === '' || text === outsideAddress[4] || text === outsideAddress[6] ? undefined : text;

const tupleOf = (packet: Packet, way: 'request' | 'reply', anyProtocol: boolean): FlowTuple => {
  const [from, to] = way === 'request' ? [packet.src, packet.dst] : [packet.dst, packet.src];
  const [fromPort, toPort] = way === 'request' ? [packet.sport, packet.dport] : [packet.dport, packet.sport];
  const [src, dst] = [address(from), address(to)];
  const proto = typeof packet.proto === 'number' ? packet.proto : numbers[packet.proto];
  const { family } = packet;
  return {
    family,
    ...(anyProtocol || proto === undefined ? {} : { proto }),
    ...(src === undefined ? {} : { src }),
    ...(dst === undefined ? {} : { dst }),
    ...(anyProtocol || fromPort === undefined ? {} : { sport: fromPort }),
    ...(anyProtocol || toPort === undefined ? {} : { dport: toPort }),
  };
};

const tuplesOf = (trace: Trace, anyProtocol: boolean): readonly FlowTuple[] => {
  const ways: readonly (readonly ['request' | 'reply', Direction | undefined])[] = [
    ['request', trace.request],
    ['reply', trace.reply],
  ];
  const all = ways.flatMap(([way, direction]) =>
    (direction?.hops ?? []).flatMap((hop) => hop.steps.map(({ packet }) => tupleOf(packet, way, anyProtocol))),
  );
  const { family } = trace.request.hops[0]!.steps[0]!.packet;
  const distinct = new Map(all.filter((one) => one.family === family).map((one) => [JSON.stringify(one), one]));
  // Nothing known of either end would be everything there is.
  return [...distinct.values()].filter(({ src, dst }) => src !== undefined || dst !== undefined);
};

const gatewaysOf = (trace: Trace): readonly string[] =>
  [...trace.request.hops, ...(trace.reply?.hops ?? [])].flatMap((hop) =>
    hop.steps.flatMap(({ evidence }) => /\bvia (?:inet6? )?(\S+)/.exec(evidence.route ?? '')?.[1] ?? []),
  );

const neighboursOf = (graph: Graph, netns: readonly NetnsId[], trace: Trace, tuples: readonly FlowTuple[]) => {
  const own = netns.flatMap((id) =>
    (graph.netns.get(id)?.links ?? []).flatMap(
      (link) => graph.links.get(link)?.addresses.map(({ local }) => local) ?? [],
    ),
  );
  const ends = tuples.flatMap(({ src, dst }) => [src, dst]).filter((one) => one !== undefined);
  return [...new Set([...own, ...ends, ...gatewaysOf(trace)])];
};

export interface WatchLimits {
  readonly durationMs: number;
  readonly eventsPerSecond: number;
}

/** Without a port and protocol, everything between the two ends is meant. */
const namesProtocol = (to: string): boolean =>
  parseAddress(to) === undefined && (/\/(tcp|udp|icmp|sctp)$/.test(to) || /:\d+$/.test(to));

export const planFlow = (
  graph: Graph,
  trace: Trace,
  question: TraceQuestion,
  limits: WatchLimits,
): WatchOrder | { readonly error: string } => {
  const anyProtocol = !namesProtocol(question.to);
  const tuples = tuplesOf(trace, anyProtocol);
  if (tuples.length === 0) return { error: 'neither end has an address that its packets could be told by' };
  const netns = watchedNetns(graph, trace, question);
  const flow: FlowOrder = { tuples, neighbours: neighboursOf(graph, netns, trace, tuples) };
  return { flow, watch: netns.map((id) => watchedIn(graph, id, tuples[0]!.family)), ...limits };
};

/** What the kernel drops, whoever's it is. Connections are told by flows only. */
export const planDrops = (limits: WatchLimits): WatchOrder => ({ watch: [], ...limits });

export const hostOf = (graph: Graph, order: WatchOrder, fallback: HostId): HostId =>
  graph.netns.get(order.watch[0]?.netns ?? ('' as NetnsId))?.host ?? fallback;

const end = (address: string | undefined, port: number | undefined): string =>
  `${address ?? 'anywhere'}${port === undefined ? '' : ` port ${port}`}`;

const tupleWords = ({ src, dst, sport, dport }: FlowTuple): string => `${end(src, sport)} → ${end(dst, dport)}`;

/** What will be added where, before it is. */
export const announceWatch = (graph: Graph, { flow, watch, durationMs, eventsPerSecond }: WatchOrder): string => {
  const name = (id: NetnsId): string => graph.netns.get(id)?.name ?? id;
  const seconds = `${Math.round(durationMs / 1000)} s at most`;
  const drops = 'a BPF program of ours hears of every packet the kernel drops';
  if (flow === undefined) return `will watch what the kernel drops: ${drops}; no rule is traced; ${seconds}`;
  const places = watch.map(({ netns }) => name(netns)).join(', ');
  return (
    `will add a table vethscope_live_PID to nftables in ${places}, which marks ${flow.tuples.map(tupleWords).join(', ')} and the answers ` +
    `for tracing (${eventsPerSecond} packets a second at most) and decides nothing; follow their connections there; and ${drops}. ` +
    `All of it is gone when the watch ends, ${seconds}, or when this program does`
  );
};
