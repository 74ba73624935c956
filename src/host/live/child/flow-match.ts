/** Whether a packet belongs to the flow that is watched: the same question for nft's rules and for what the kernel drops. */
import { formatAddress, parseAddress } from '../../../std/ip-address.ts';
import type { SeenPacket } from '../live-order.ts';
import type { ConnectionEvent, DropEvent, FlowOrder, FlowTuple } from '../watch-order.ts';

const ICMP = 1;
const ICMPV6 = 58;
const names: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

export const mirrored = ({ family, proto, src, dst, sport, dport }: FlowTuple): FlowTuple => ({
  family,
  proto,
  ...(dst === undefined ? {} : { src: dst }),
  ...(src === undefined ? {} : { dst: src }),
  ...(dport === undefined ? {} : { sport: dport }),
  ...(sport === undefined ? {} : { dport: sport }),
});

/** Addresses come from our own reading of routes and answers, yet nothing but an address may stand in a rule. */
const address = (text: string | undefined, name: string, family: 4 | 6): readonly string[] => {
  const parsed = text === undefined ? undefined : parseAddress(text);
  return parsed === undefined ? [] : [`${family === 4 ? 'ip' : 'ip6'} ${name} ${formatAddress(parsed)}`];
};

const protocolWords = ({ proto, sport, dport }: FlowTuple): string => {
  if (proto === ICMP) return 'icmp type { echo-request, echo-reply }';
  if (proto === ICMPV6) return 'icmpv6 type { echo-request, echo-reply }';
  const name = names[proto];
  if (name === undefined || (sport === undefined && dport === undefined)) return `meta l4proto ${proto}`;
  const ports = [
    sport === undefined ? '' : `${name} sport ${sport}`,
    dport === undefined ? '' : `${name} dport ${dport}`,
  ];
  return ports.filter((one) => one !== '').join(' ');
};

const matchOf = (tuple: FlowTuple): string =>
  [
    ...address(tuple.src, 'saddr', tuple.family),
    ...address(tuple.dst, 'daddr', tuple.family),
    protocolWords(tuple),
  ].join(' ');

/** What routers say of it; which packet they mean a rule cannot tell. */
const errorsTo = (tuple: FlowTuple): string =>
  [
    ...address(tuple.src, 'daddr', tuple.family),
    tuple.family === 4
      ? 'icmp type { destination-unreachable, time-exceeded, parameter-problem }'
      : 'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }',
  ].join(' ');

export const flowMatches = (tuples: readonly FlowTuple[]): readonly string[] => [
  ...new Set([
    ...tuples.flatMap((tuple) => [matchOf(tuple), matchOf(mirrored(tuple))]),
    ...tuples.filter(({ src }) => src !== undefined).map(errorsTo),
  ]),
];

const same = (wanted: string | number | undefined, found: string | number | undefined): boolean =>
  wanted === undefined || found === undefined || wanted === found;

/** A fragment without ports counts as one of the flow. */
const isTuple = (tuple: FlowTuple, packet: FlowTuple | SeenPacket): boolean =>
  tuple.family === packet.family &&
  tuple.proto === packet.proto &&
  same(tuple.src, packet.src) &&
  same(tuple.dst, packet.dst) &&
  same(tuple.sport, packet.sport) &&
  same(tuple.dport, packet.dport);

export const isOfFlow = ({ tuples }: FlowOrder, packet: FlowTuple | SeenPacket): boolean =>
  tuples.some((tuple) => isTuple(tuple, packet) || isTuple(mirrored(tuple), packet));

export const dropIsOfFlow = (flow: FlowOrder, { packet, about, arp }: DropEvent): boolean =>
  (packet !== undefined && isOfFlow(flow, packet)) ||
  (about !== undefined && isOfFlow(flow, about)) ||
  (arp !== undefined && flow.neighbours.includes(arp.target) && flow.neighbours.includes(arp.asks));

export const connectionIsOfFlow = (flow: FlowOrder, { original, reply }: ConnectionEvent): boolean =>
  isOfFlow(flow, original) || isOfFlow(flow, reply);
