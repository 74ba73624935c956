/** IP and transport headers, as much as a trace message carries → the packet they are. */
import { ipv4Text, ipv6Text } from '../../netlink/wire/address-text.ts';
import type { SeenPacket } from '../live-order.ts';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);

const transport = (proto: number, bytes: Uint8Array): Partial<SeenPacket> => {
  if ((proto === ICMP || proto === ICMPV6) && bytes.length >= 8)
    return { icmpType: bytes[0] ?? 0, icmpCode: bytes[1] ?? 0, icmpId: u16(bytes, 4) };
  if (![TCP, UDP, SCTP].includes(proto) || bytes.length < 4) return {};
  const ports = { sport: u16(bytes, 0), dport: u16(bytes, 2) };
  if (proto !== TCP || bytes.length < 14) return ports;
  return { ...ports, seq: u32(bytes, 4), ack: u32(bytes, 8), flags: bytes[13] ?? 0 };
};

const hex = (bytes: Uint8Array, from: number, to: number): string =>
  Array.from(bytes.subarray(from, to), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What NAT leaves alone. TCP: sequence numbers and flags; echoes: their sequence; UDP: its length and first bytes. With IPv4's id,
 * which tells retransmissions apart.
 */
const fingerprintOf = (proto: number, id: number, bytes: Uint8Array): string => {
  if (proto === TCP) return `${id} ${hex(bytes, 4, 12)} ${hex(bytes, 13, 14)}`;
  if (proto === UDP) return `${id} ${hex(bytes, 4, 6)} ${hex(bytes, 8, 20)}`;
  return proto === ICMP || proto === ICMPV6 ? `${id} ${hex(bytes, 0, 2)} ${hex(bytes, 6, 20)}` : String(id);
};

/** The kernel gives the network header without extension headers, and 20 bytes of what follows (NFT_TRACETYPE_TRANSPORT_HSIZE). */
export const seenPacket = (network: Uint8Array, after: Uint8Array): SeenPacket | undefined => {
  const version = (network[0] ?? 0) >> 4;
  if (version === 4 && network.length >= 20) {
    const proto = network[9] ?? 0;
    const ends = { src: ipv4Text(network.subarray(12, 16)), dst: ipv4Text(network.subarray(16, 20)) };
    const fingerprint = fingerprintOf(proto, u16(network, 4), after);
    return { family: 4, ...ends, proto, ttl: network[8] ?? 0, ...transport(proto, after), fingerprint };
  }
  if (version === 6 && network.length >= 40) {
    const proto = network[6] ?? 0;
    const ends = { src: ipv6Text(network.subarray(8, 24)), dst: ipv6Text(network.subarray(24, 40)) };
    const fingerprint = fingerprintOf(proto, 0, after);
    return { family: 6, ...ends, proto, ttl: network[7] ?? 0, ...transport(proto, after), fingerprint };
  }
  return undefined;
};
