/** What lies behind an IP header: its protocol and place, past IPv6's chain of extension headers. */
import { u8, u16, u32 } from './bytes.ts';

export const protocols = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  icmpv6: 58,
  sctp: 132,
} as const;

export interface IpPayload {
  proto: number;
  /** Where it begins in the bytes. */
  at: number;
  /** -1: no fragment header. */
  id: number;
  fragmentOffset: number;
  moreFragments: boolean;
}

/** More headers than this in a row are an attack on whoever reads them. */
const chainLimit = 16;

/** Hop-by-hop, routing, destination options, mobility, HIP, shim6: length in units of 8 bytes beyond the first. */
const sized = new Set([0, 43, 60, 135, 139, 140]);

export const ipv6Payload = (bytes: Uint8Array, header: number, end: number): IpPayload => {
  const found: IpPayload = {
    proto: u8(bytes, header + 6),
    at: header + 40,
    id: -1,
    fragmentOffset: 0,
    moreFragments: false,
  };
  for (let n = 0; n < chainLimit && found.at + 8 <= end; n++) {
    if (sized.has(found.proto)) {
      found.proto = u8(bytes, found.at);
      found.at += (u8(bytes, found.at + 1) + 1) * 8;
    } else if (found.proto === 51) {
      found.proto = u8(bytes, found.at);
      found.at += (u8(bytes, found.at + 1) + 2) * 4;
    } else if (found.proto === 44) {
      const field = u16(bytes, found.at + 2);
      found.id = u32(bytes, found.at + 4);
      found.fragmentOffset = field & 0xfff8;
      found.moreFragments = (field & 1) === 1;
      found.proto = u8(bytes, found.at);
      found.at += 8;
      // What follows in a later fragment is the middle of something.
      if (found.fragmentOffset > 0) break;
    } else break;
  }
  return found;
};

export const ipv4Payload = (bytes: Uint8Array, header: number): IpPayload => {
  const field = u16(bytes, header + 6);
  return {
    proto: u8(bytes, header + 9),
    at: header + Math.max(20, (u8(bytes, header) & 15) * 4),
    id: u16(bytes, header + 4),
    fragmentOffset: (field & 0x1fff) * 8,
    moreFragments: (field & 0x2000) !== 0,
  };
};

/**
 * Length of the whole IP packet. 0 in the header: more than 64 KiB in one piece, as the kernel hands them to its own links (BIG TCP);
 * what was on the link tells then.
 */
export const ipLength = (bytes: Uint8Array, header: number, family: 4 | 6, lengthOnLink: number): number => {
  const field = family === 4 ? u16(bytes, header + 2) : u16(bytes, header + 4);
  if (field === 0) return Math.max(0, lengthOnLink - header);
  return family === 4 ? field : field + 40;
};
