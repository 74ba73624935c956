/** Header fields of a packet, with nft's implicit dependencies: a field of another protocol ends the rule. */
import { unknown } from '../context.ts';
import { parseEther } from './constants.ts';
import {
  dscpClasses,
  ecnBits,
  etherTypes,
  icmpCodes,
  icmpTypes,
  icmpv6Codes,
  icmpv6Types,
  protocolNumbers,
  tcpFlagBits,
} from './symbols.ts';
import { address, ether, number, type Read, type Reading, symbolic, type Value } from './value.ts';
import type { View } from './view.ts';

const only =
  (holds: (view: View) => boolean, read: Read): Read =>
  (view) =>
    holds(view) ? read(view) : undefined;

const isIpv4 = (view: View): boolean => view.packet.family === 4;
const isIpv6 = (view: View): boolean => view.packet.family === 6;
const isProto =
  (proto: number) =>
  (view: View): boolean =>
    view.proto === proto;

/** An absent sport is an ephemeral port nobody has chosen yet. */
export const ephemeralPort = (view: View): Value => ({
  ...unknown('the source port is not chosen'),
  within: view.context.ephemeralPorts ?? [1, 65535],
});

const sourcePort: Read = (view) => view.packet.sport ?? ephemeralPort(view);
/** Absent in an answer: the ephemeral port of whoever asked. */
const destinationPort: Read = (view) => view.packet.dport ?? ephemeralPort(view);

const invisible =
  (what: string): Read =>
  () =>
    unknown(what);

type Fields = Readonly<Record<string, Reading>>;

const ipFields = (holds: (view: View) => boolean): Fields => {
  const field = (type: Reading['type'], read: Read): Reading => ({ type, read: only(holds, read) });
  return {
    saddr: field(address, (view) => view.src),
    daddr: field(address, (view) => view.dst),
    dscp: field(symbolic(dscpClasses), (view) => view.packet.tos >> 2),
    ecn: field(symbolic(ecnBits), (view) => view.packet.tos & 3),
    tos: field(number, (view) => view.packet.tos),
    version: field(number, (view) => view.packet.family),
  };
};

const ip: Fields = {
  ...ipFields(isIpv4),
  protocol: { type: symbolic(protocolNumbers), read: only(isIpv4, (view) => view.proto) },
  ttl: { type: number, read: only(isIpv4, (view) => view.packet.ttl) },
  length: { type: number, read: only(isIpv4, (view) => view.packet.length) },
  hdrlength: { type: number, read: only(isIpv4, () => 5) },
  'frag-off': { type: number, read: only(isIpv4, (view) => (view.packet.dontFragment ? 0x4000 : 0)) },
};

const ip6: Fields = {
  ...ipFields(isIpv6),
  nexthdr: { type: symbolic(protocolNumbers), read: only(isIpv6, (view) => view.proto) },
  hoplimit: { type: number, read: only(isIpv6, (view) => view.packet.ttl) },
  length: { type: number, read: only(isIpv6, (view) => view.packet.length - 40) },
};

const ported = (protocol: number): Fields => ({
  sport: { type: number, read: only(isProto(protocol), sourcePort) },
  dport: { type: number, read: only(isProto(protocol), destinationPort) },
});

const portProtocols: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
const hasPorts = (view: View): boolean => portProtocols.has(view.proto);

/** Without ports the same bytes are read, whatever they mean there. */
const anyPorts =
  (read: Read): Read =>
  (view) =>
    hasPorts(view) ? read(view) : unknown('bytes of a header without ports');

const icmp = (protocol: number, types: Reading['type'], codes: Reading['type']): Fields => ({
  type: {
    type: types,
    read: only(isProto(protocol), (view) => view.packet.icmpType ?? unknown('the ICMP type is not given')),
  },
  code: {
    type: codes,
    read: only(
      isProto(protocol),
      (view) =>
        view.packet.icmpCode ?? (view.packet.icmpType === undefined ? unknown('the ICMP code is not given') : 0),
    ),
  },
});

/** Made here: no link-layer header yet, nothing to compare (skb_mac_header_was_set). */
const mac =
  (side: 'srcMac' | 'dstMac'): Read =>
  (view) => {
    const text = view.packet[side];
    if (text !== undefined) return parseEther(text) ?? unknown('no Ethernet address');
    return view.packet.in === undefined && view.context.framed !== true
      ? undefined
      : unknown('its Ethernet header is not known');
  };

const fields: Readonly<Record<string, Fields>> = {
  ip,
  ip6,
  tcp: { ...ported(6), flags: { type: symbolic(tcpFlagBits), read: only(isProto(6), (view) => view.tcpFlags) } },
  udp: ported(17),
  udplite: ported(136),
  dccp: ported(33),
  sctp: ported(132),
  th: { sport: { type: number, read: anyPorts(sourcePort) }, dport: { type: number, read: anyPorts(destinationPort) } },
  icmp: icmp(1, symbolic(icmpTypes), symbolic(icmpCodes)),
  icmpv6: icmp(58, symbolic(icmpv6Types), symbolic(icmpv6Codes)),
  ether: {
    saddr: { type: ether, read: mac('srcMac') },
    daddr: { type: ether, read: mac('dstMac') },
    type: { type: symbolic(etherTypes), read: (view) => (view.packet.family === 4 ? 0x800 : 0x86dd) },
  },
};

/** Fields we hold no bytes for are unknown, but only where the packet has that header at all. */
const otherFields: Readonly<Record<string, (view: View) => boolean>> = {
  ip: isIpv4,
  ip6: isIpv6,
  tcp: isProto(6),
  udp: isProto(17),
  udplite: isProto(136),
  dccp: isProto(33),
  sctp: isProto(132),
  icmp: isProto(1),
  icmpv6: isProto(58),
  esp: isProto(50),
  ah: isProto(51),
  comp: isProto(108),
  igmp: isProto(2),
  gre: isProto(47),
  arp: () => false,
};

export function payloadReading(protocol: string, field: string): Reading {
  const known = fields[protocol]?.[field];
  if (known !== undefined) return known;
  const holds = otherFields[protocol] ?? (() => true);
  return { type: number, read: only(holds, invisible(`${protocol} ${field} of the packet`)) };
}
