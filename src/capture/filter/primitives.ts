/** The words of the display filter: those of pcap-filter(7) people know, and those that only a matched capture can answer. */
import { canonicalAddress } from '../../std/canonical-address.ts';
import { parseAddress, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import type { SeenTuple } from '../match/sighting.ts';
import type { PacketTest } from './filter-subject.ts';

/** Which end of a packet `host`, `net` and `port` look at. */
export type End = 'src' | 'dst' | 'any';

/** What an argument came to: a test, or what was expected instead. */
export type Built = PacketTest | { readonly expected: string };

const ends = (tuple: SeenTuple, end: End): readonly string[] =>
  end === 'src' ? [tuple.src] : end === 'dst' ? [tuple.dst] : [tuple.src, tuple.dst];

const isOfName = (name: string | undefined, wanted: string): boolean => name?.toLowerCase() === wanted;

/** An address, or the name that is shown in place of one. */
const host = (word: string, end: End): Built => {
  const address = canonicalAddress(word);
  if (address !== undefined) return ({ tuples }) => tuples.some((tuple) => ends(tuple, end).includes(address));
  const wanted = word.toLowerCase();
  return ({ tuples, nameOf }) => tuples.some((tuple) => ends(tuple, end).some((one) => isOfName(nameOf(one), wanted)));
};

const net = (word: string, end: End): Built => {
  const prefix = parsePrefix(word);
  if (prefix === undefined) return { expected: 'a network like 172.17.0.0/16' };
  return ({ tuples }) =>
    tuples.some((tuple) =>
      ends(tuple, end).some((text) => {
        const address = parseAddress(text);
        return address !== undefined && prefixContains(prefix, address);
      }),
    );
};

const port = (word: string, end: End): Built => {
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
  const low = Number(range?.[1]);
  const high = Number(range?.[2] ?? range?.[1]);
  if (range === null || high > 65_535 || low > high) return { expected: 'a port like 80, or a range like 8000-8100' };
  const fits = (one: number | undefined): boolean => one !== undefined && one >= low && one <= high;
  return ({ tuples }) =>
    tuples.some(
      ({ sport, dport, proto }) =>
        proto !== 'icmp' && proto !== 'icmpv6' && ((end !== 'dst' && fits(sport)) || (end !== 'src' && fits(dport))),
    );
};

const withNumber =
  (what: string, build: (value: number) => PacketTest) =>
  (word: string): Built =>
    /^\d{1,9}$/.test(word) ? build(Number(word)) : { expected: what };

/** Words that take one argument. */
export const withArgument: Readonly<Record<string, (word: string, end: End) => Built>> = {
  host,
  net,
  port,
  proto: (word) => {
    const wanted = word.toLowerCase();
    return ({ tuples }) => tuples.some(({ proto }) => proto === wanted);
  },
  vlan: withNumber(
    'a VLAN id',
    (id) =>
      ({ vlan }) =>
        vlan === id,
  ),
  flow: withNumber(
    "a flow's number",
    (id) =>
      ({ flow }) =>
        flow === id,
  ),
  greater: withNumber(
    'a number of bytes',
    (bytes) =>
      ({ length }) =>
        length >= bytes,
  ),
  less: withNumber(
    'a number of bytes',
    (bytes) =>
      ({ length }) =>
        length <= bytes,
  ),
  at: (word) => {
    const wanted = word.toLowerCase();
    return ({ points }) => points.some((point) => point.toLowerCase().includes(wanted));
  },
};

/** Words after which `host`, `net` or `port` may be left out or follow. */
export const directions: Readonly<Record<string, End>> = { src: 'src', dst: 'dst' };

const ofProto =
  (...names: readonly string[]): PacketTest =>
  ({ tuples }) =>
    tuples.some(({ proto }) => names.includes(proto));

const ofLayer =
  (...kinds: readonly string[]): PacketTest =>
  ({ layers }) =>
    layers().some((kind) => kinds.includes(kind));

const ofFlag =
  (flag: string): PacketTest =>
  ({ tcpFlags }) =>
    tcpFlags.includes(flag);

const ofMark =
  (mark: string): PacketTest =>
  ({ marks }) =>
    marks.includes(mark);

const ofState =
  (...states: readonly string[]): PacketTest =>
  ({ state }) =>
    state !== undefined && states.includes(state);

const ofChange =
  (...names: readonly string[]): PacketTest =>
  ({ changes }) =>
    changes.some((change) => names.includes(change));

/** Words that stand alone. */
export const alone: Readonly<Record<string, PacketTest>> = {
  ip: ({ family }) => family === 4,
  ip6: ({ family }) => family === 6,
  arp: ofProto('arp'),
  tcp: ofProto('tcp'),
  udp: ofProto('udp'),
  sctp: ofProto('sctp'),
  icmp: ofProto('icmp'),
  icmp6: ofProto('icmpv6'),
  icmpv6: ofProto('icmpv6'),
  dns: ofLayer('dns'),
  dhcp: ofLayer('dhcp'),
  http: ofLayer('http'),
  tls: ofLayer('tls'),
  vxlan: ofLayer('vxlan'),
  geneve: ofLayer('geneve'),
  gre: ofLayer('gre'),
  ipip: ofLayer('ipip'),
  tunnel: ofLayer('vxlan', 'geneve', 'gre', 'ipip'),
  syn: ofFlag('SYN'),
  fin: ofFlag('FIN'),
  rst: ofFlag('RST'),
  reset: ofMark('reset'),
  retransmission: ofMark('retransmission'),
  'zero-window': ofMark('zero window'),
  'out-of-order': ofMark('out of order'),
  'dup-ack': ofMark('duplicate ack'),
  lost: ofState('lost'),
  arrived: ofState('arrived'),
  travelling: ofState('travelling'),
  unknown: ofState('unknown'),
  request: ({ direction }) => direction === 'request',
  reply: ({ direction }) => direction === 'reply',
  nat: ofChange('dnat', 'snat'),
  dnat: ofChange('dnat'),
  snat: ofChange('snat'),
  split: ofChange('split'),
  merged: ofChange('merged'),
  fragmented: ofChange('fragmented'),
};
