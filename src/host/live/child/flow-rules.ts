/** The flow that is watched in nft's words: its packets as they look before and after each translation, and what routers say of them. */
import { formatAddress, parseAddress } from '../../../std/ip-address.ts';
import { mirrored } from '../flow-match.ts';
import type { FlowTuple } from '../watch-order.ts';

const ICMP = 1;
const ICMPV6 = 58;
const names: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** Addresses come from our own reading of routes and answers, yet nothing but an address may stand in a rule. */
const address = (text: string | undefined, name: string, family: 4 | 6): readonly string[] => {
  const parsed = text === undefined ? undefined : parseAddress(text);
  return parsed === undefined ? [] : [`${family === 4 ? 'ip' : 'ip6'} ${name} ${formatAddress(parsed)}`];
};

const protocolWords = ({ proto, sport, dport }: FlowTuple): string => {
  if (proto === undefined) return '';
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
  [...address(tuple.src, 'saddr', tuple.family), ...address(tuple.dst, 'daddr', tuple.family), protocolWords(tuple)]
    .filter((words) => words !== '')
    .join(' ');

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
