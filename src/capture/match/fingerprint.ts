/** What of a packet survives bridges, routers and NAT, as one number; and who talks to whom in it, as another. */
import { u16, u32 } from '../decode/bytes.ts';
import { protocols } from '../decode/ip-payload.ts';
import type { Headers } from '../decode/read-headers.ts';

/** Two 32-bit sums make a number of 53 bits: enough that two packets of one capture do not meet by chance. */
interface Sum {
  a: number;
  b: number;
}

const mix = (sum: Sum, value: number): void => {
  sum.a = Math.imul(sum.a ^ value, 0x9e3779b1);
  sum.a ^= sum.a >>> 15;
  sum.b = Math.imul(sum.b ^ value, 0x85ebca6b);
  sum.b ^= sum.b >>> 13;
};

const total = ({ a, b }: Sum): number => (a >>> 0) * 0x20_0000 + (b >>> 11);

const start = (kind: number): Sum => ({ a: 0x2f0b4c47 ^ kind, b: 0x7a1c93d5 + kind });

/** Payload bytes that go into the number; those of a packet cut shorter are left out, so that every snap length gives the same. */
const sampled = 8;

const mixPayload = (sum: Sum, bytes: Uint8Array, at: number, length: number): void => {
  if (length < sampled || at + sampled > bytes.length) return;
  mix(sum, u32(bytes, at));
  mix(sum, u32(bytes, at + 4));
};

const mixTransport = (sum: Sum, headers: Headers, bytes: Uint8Array): void => {
  const { proto, transport, payload, payloadLength } = headers;
  if (proto === protocols.tcp) {
    mix(sum, headers.seq);
    mix(sum, headers.ack);
    // Routers may set ECE and CWR.
    mix(sum, headers.flags & 0x3f);
    mix(sum, payloadLength);
    mixPayload(sum, bytes, payload, payloadLength);
  } else if (proto === protocols.udp) {
    // The header's own length: the same in the first fragment and in the whole packet.
    const length = u16(bytes, transport + 4) - 8;
    mix(sum, length);
    mixPayload(sum, bytes, payload, length);
  } else if (headers.icmpType >= 0) {
    // Not the id: source NAT chooses another when it is taken.
    mix(sum, headers.icmpType * 256 + headers.icmpCode);
    mix(sum, headers.seq);
    mixPayload(sum, bytes, payload, payloadLength);
  } else {
    mix(sum, payloadLength);
    mixPayload(sum, bytes, payload, payloadLength);
  }
};

const ofFrame = (headers: Headers, bytes: Uint8Array): number => {
  const sum = start(headers.etherType);
  const end = Math.min(bytes.length, headers.network + 48);
  for (let at = headers.network; at + 4 <= end; at += 4) mix(sum, u32(bytes, at));
  return total(sum);
};

/** The same number for one packet at every point: no addresses, ports, TTL or checksums in it. */
export const fingerprint = (headers: Headers, bytes: Uint8Array): number => {
  if (headers.family === 0) return ofFrame(headers, bytes);
  const sum = start(headers.family * 1000 + headers.proto);
  mix(sum, headers.ipId);
  mix(sum, headers.fragmentOffset);
  if (headers.transport >= 0) mixTransport(sum, headers, bytes);
  else mix(sum, headers.length);
  return total(sum);
};

/** True where two packets with the same fingerprint are the same packet even if their addresses differ. */
export const isTelling = (headers: Headers): boolean => {
  if (headers.family === 0) return false;
  if (headers.proto === protocols.tcp && headers.transport >= 0) return true;
  return headers.ipId > 0 || headers.payloadLength >= sampled;
};

/** ARP: sender and target. */
const arpTuple = (bytes: Uint8Array, network: number, inverse: boolean): number => {
  const sum = start(0x0806);
  mix(sum, u32(bytes, network + (inverse ? 24 : 14)));
  mix(sum, u32(bytes, network + (inverse ? 14 : 24)));
  return total(sum);
};

const mixAddress = (sum: Sum, bytes: Uint8Array, at: number, family: 4 | 6): void => {
  mix(sum, u32(bytes, at));
  if (family === 4) return;
  mix(sum, u32(bytes, at + 4));
  mix(sum, u32(bytes, at + 8));
  mix(sum, u32(bytes, at + 12));
};

/**
 * Who talks to whom, in this direction; `inverse` gives the other's. What has no ports has its addresses only, ICMP echoes their id; 0: neither
 * IP nor ARP.
 */
export const tupleKey = (headers: Headers, bytes: Uint8Array, inverse = false): number => {
  const { family, network } = headers;
  if (family === 0) return headers.etherType === 0x0806 ? arpTuple(bytes, network, inverse) : 0;
  const src = network + (family === 4 ? 12 : 8);
  const dst = network + (family === 4 ? 16 : 24);
  const sum = start(headers.proto);
  mixAddress(sum, bytes, inverse ? dst : src, family);
  mix(sum, inverse ? headers.dport : headers.sport);
  mixAddress(sum, bytes, inverse ? src : dst, family);
  mix(sum, inverse ? headers.sport : headers.dport);
  return total(sum);
};

/** What all fragments of one packet have in common, through NAT too. */
export const fragmentKey = (headers: Headers): number => {
  const sum = start(headers.family * 1000 + headers.proto);
  mix(sum, headers.ipId);
  return total(sum);
};
