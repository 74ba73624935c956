/** The header fields that matching, flows and filters need, of the innermost packet, read without taking anything else apart. */
import { ipv4At, ipv6At, macAt, u8, u16, u32 } from './bytes.ts';
import { ipLength, ipv4Payload, ipv6Payload, protocols } from './ip-payload.ts';
import { type LinkEnd, readEthernet, readLink } from './link-headers.ts';

/** Numbers are -1 where a packet has no such field or it was cut off. */
export interface Headers {
  readonly etherType: number;
  /** 0: no IP. */
  readonly family: 0 | 4 | 6;
  readonly vlan: number;
  /** Canonical text; ARP: sender's and target's IP address; else the frame's MAC addresses, empty where there are none. */
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
  /** IP protocol; ARP: its operation. */
  readonly proto: number;
  /** Of the IP packet, link header not counted; of the rest of the frame where there is no IP. */
  readonly length: number;
  readonly ipId: number;
  readonly dontFragment: boolean;
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  /** Where the IP (or ARP) header begins. */
  readonly network: number;
  /** Where the transport header begins; -1 in later fragments. */
  readonly transport: number;
  /** TCP, UDP, SCTP; the id of an ICMP echo is both. */
  readonly sport: number;
  readonly dport: number;
  /** TCP; ICMP echo: `seq` is its sequence number. SCTP: `seq` is the verification tag. */
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** Where the payload of the transport begins, and its length as the headers say (captured or not). */
  readonly payload: number;
  readonly payloadLength: number;
  /** `vxlan 42`, `ipip`, … outermost first, joined by `, `; empty: in nothing. */
  readonly inside: string;
  /** The packet around this one. */
  readonly outer: Headers | undefined;
}

export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** Packets in packets deeper than this are left alone. */
const nesting = 4;

interface Draft {
  sport: number;
  dport: number;
  seq: number;
  ack: number;
  flags: number;
  window: number;
  icmpType: number;
  icmpCode: number;
  payload: number;
}

const readTcp = (bytes: Uint8Array, at: number, draft: Draft): void => {
  draft.sport = u16(bytes, at);
  draft.dport = u16(bytes, at + 2);
  draft.payload = at + 20;
  // ICMP errors quote the first eight bytes alone.
  if (at + 8 <= bytes.length) draft.seq = u32(bytes, at + 4);
  if (at + 20 > bytes.length) return;
  draft.ack = u32(bytes, at + 8);
  draft.payload = at + Math.max(20, (u8(bytes, at + 12) >> 4) * 4);
  draft.flags = u8(bytes, at + 13);
  draft.window = u16(bytes, at + 14);
};

const isEcho = (family: 4 | 6, type: number): boolean =>
  family === 4 ? type === 8 || type === 0 : type === 128 || type === 129;

const readTransport = (bytes: Uint8Array, family: 4 | 6, proto: number, at: number, draft: Draft): void => {
  draft.payload = at;
  if (at + 4 > bytes.length) return;
  if (proto === protocols.tcp) readTcp(bytes, at, draft);
  else if (proto === protocols.udp || proto === protocols.sctp) {
    draft.sport = u16(bytes, at);
    draft.dport = u16(bytes, at + 2);
    draft.payload = at + (proto === protocols.udp ? 8 : 12);
    if (proto === protocols.sctp && at + 8 <= bytes.length) draft.seq = u32(bytes, at + 4);
  } else if (proto === (family === 4 ? protocols.icmp : protocols.icmpv6)) {
    draft.icmpType = u8(bytes, at);
    draft.icmpCode = u8(bytes, at + 1);
    draft.payload = at + 8;
    if (isEcho(family, draft.icmpType) && at + 8 <= bytes.length) {
      draft.sport = u16(bytes, at + 4);
      draft.dport = draft.sport;
      draft.seq = u16(bytes, at + 6);
    }
  }
};

const blank = (): Draft => ({
  sport: -1,
  dport: -1,
  seq: -1,
  ack: -1,
  flags: -1,
  window: -1,
  icmpType: -1,
  icmpCode: -1,
  payload: 0,
});

const readNoIp = (bytes: Uint8Array, link: LinkEnd, length: number, macs: number, inside: string, outer?: Headers) => {
  const at = link.next;
  const arp = link.etherType === 0x0806 && u16(bytes, at + 2) === 0x0800 && at + 28 <= bytes.length;
  const base = {
    etherType: link.etherType,
    family: 0 as const,
    vlan: link.vlan,
    src: arp ? ipv4At(bytes, at + 14) : macs < 0 ? '' : macAt(bytes, macs + 6),
    dst: arp ? ipv4At(bytes, at + 24) : macs < 0 ? '' : macAt(bytes, macs),
    ttl: -1,
    proto: arp ? u16(bytes, at + 6) : -1,
    length: Math.max(0, length - at),
    ipId: -1,
    dontFragment: false,
    fragmentOffset: 0,
    moreFragments: false,
    network: at,
    transport: -1,
    ...blank(),
  };
  return { ...base, payload: at, payloadLength: base.length, inside, outer } satisfies Headers;
};

/** The packet inside a tunnel packet, or undefined. */
const readInner = (bytes: Uint8Array, around: Headers, length: number, depth: number): Headers | undefined => {
  if (around.transport < 0) return undefined;
  const named = (name: string, id?: number): string =>
    `${around.inside === '' ? '' : `${around.inside}, `}${name}${id === undefined ? '' : ` ${id}`}`;
  const { proto, dport, transport, payload } = around;
  if (proto === protocols.ipip || proto === protocols.ipv6) {
    const etherType = proto === protocols.ipip ? 0x0800 : 0x86dd;
    return readNetwork(bytes, { etherType, next: transport, vlan: -1 }, length, -1, named('ipip'), around, depth);
  }
  if (proto === protocols.gre) {
    const flags = u16(bytes, transport);
    if ((flags & 7) !== 0) return undefined;
    const next = transport + 4 + (flags & 0x8000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
    const key = flags & 0x2000 ? u32(bytes, transport + 4 + (flags & 0x8000 ? 4 : 0)) : undefined;
    return readTunnelled(bytes, u16(bytes, transport + 2), next, length, named('gre', key), around, depth);
  }
  if (proto !== protocols.udp || payload + 8 > bytes.length) return undefined;
  if (isVxlanPort(dport) && u8(bytes, payload) === 8)
    return readTunnelled(bytes, 0x6558, payload + 8, length, named('vxlan', vni(bytes, payload)), around, depth);
  if (dport === 6081 && u8(bytes, payload) >> 6 === 0) {
    const next = payload + 8 + (u8(bytes, payload) & 63) * 4;
    const name = named('geneve', vni(bytes, payload));
    return readTunnelled(bytes, u16(bytes, payload + 2), next, length, name, around, depth);
  }
  return undefined;
};

/** IANA's port, and the one Linux had first and flannel still uses. */
export const isVxlanPort = (port: number): boolean => port === 4789 || port === 8472;

const vni = (bytes: Uint8Array, at: number): number => u32(bytes, at + 4) >>> 8;

const readTunnelled = (
  bytes: Uint8Array,
  etherType: number,
  at: number,
  length: number,
  inside: string,
  around: Headers,
  depth: number,
): Headers | undefined => {
  if (at >= bytes.length) return undefined;
  if (etherType === 0x6558) return readNetwork(bytes, readEthernet(bytes, at), length, at, inside, around, depth);
  return readNetwork(bytes, { etherType, next: at, vlan: -1 }, length, -1, inside, around, depth);
};

const isIp = (etherType: number): boolean => etherType === 0x0800 || etherType === 0x86dd;

const readNetwork = (
  bytes: Uint8Array,
  link: LinkEnd,
  lengthOnLink: number,
  macs: number,
  inside: string,
  outer: Headers | undefined,
  depth: number,
): Headers => {
  const at = link.next;
  const family = link.etherType === 0x0800 ? 4 : link.etherType === 0x86dd ? 6 : 0;
  if (family === 0 || u8(bytes, at) >> 4 !== family || at + (family === 4 ? 20 : 40) > bytes.length)
    return readNoIp(bytes, link, lengthOnLink, macs, inside, outer);
  const length = ipLength(bytes, at, family, lengthOnLink);
  const end = Math.min(bytes.length, at + length);
  const next = family === 4 ? ipv4Payload(bytes, at) : ipv6Payload(bytes, at, end);
  const draft = blank();
  draft.payload = next.at;
  if (next.fragmentOffset === 0) readTransport(bytes, family, next.proto, next.at, draft);
  const headers: Headers = {
    etherType: link.etherType,
    family,
    vlan: link.vlan,
    src: family === 4 ? ipv4At(bytes, at + 12) : ipv6At(bytes, at + 8),
    dst: family === 4 ? ipv4At(bytes, at + 16) : ipv6At(bytes, at + 24),
    ttl: u8(bytes, at + (family === 4 ? 8 : 7)),
    proto: next.proto,
    length,
    ipId: next.id,
    dontFragment: family === 4 && (u8(bytes, at + 6) & 0x40) !== 0,
    fragmentOffset: next.fragmentOffset,
    moreFragments: next.moreFragments,
    network: at,
    transport: next.fragmentOffset === 0 ? next.at : -1,
    sport: draft.sport,
    dport: draft.dport,
    seq: draft.seq,
    ack: draft.ack,
    flags: draft.flags,
    window: draft.window,
    icmpType: draft.icmpType,
    icmpCode: draft.icmpCode,
    payload: draft.payload,
    payloadLength: Math.max(0, at + length - draft.payload),
    inside,
    outer,
  };
  const inner = depth > 0 ? readInner(bytes, headers, lengthOnLink, depth - 1) : undefined;
  // An IP packet cut off inside a tunnel says nothing: the one around it does.
  return inner === undefined || (inner.family === 0 && isIp(inner.etherType)) ? headers : inner;
};

/** `lengthOnLink`: bytes the frame had before a snap length cut it. Never throws, whatever the bytes. */
export const readHeaders = (bytes: Uint8Array, linkType: number, lengthOnLink = bytes.length): Headers =>
  readNetwork(bytes, readLink(bytes, linkType), lengthOnLink, linkType === 1 ? 0 : -1, '', undefined, nesting);

/** An IP packet that begins there: what an ICMP error quotes. Undefined where there is none. */
export const readQuoted = (bytes: Uint8Array, at: number): Headers | undefined => {
  const version = u8(bytes, at) >> 4;
  const etherType = version === 4 ? 0x0800 : version === 6 ? 0x86dd : 0;
  const headers = readNetwork(bytes, { etherType, next: at, vlan: -1 }, bytes.length, -1, '', undefined, 0);
  return headers.family === 0 ? undefined : headers;
};
