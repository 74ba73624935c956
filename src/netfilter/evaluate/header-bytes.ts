/** The bytes of a packet's headers as far as they are known: for raw payload, u32 and classic BPF. */
import type { Packet } from '../../model/packet.ts';
import { parseAddress } from '../../std/ip-address.ts';
import type { View } from './view.ts';

export interface HeaderBytes {
  /** From the network header on. */
  readonly bytes: Uint8Array;
  /** Bits of the same position that are known. */
  readonly known: Uint8Array;
  /** Where the transport header begins. */
  readonly transport: number;
  /** Where its payload begins; undefined: the header's length is not known. */
  readonly payload: number | undefined;
  /** Length of the whole packet: bytes beyond do not exist. */
  readonly length: number;
}

interface Draft {
  readonly bytes: number[];
  readonly known: number[];
}

const put = (draft: Draft, value: number, width: number, mask = 2 ** (8 * width) - 1): void => {
  for (let n = width - 1; n >= 0; n--) {
    draft.bytes.push(Math.floor(value / 256 ** n) & 0xff);
    draft.known.push(Math.floor(mask / 256 ** n) & 0xff);
  }
};

const putUnknown = (draft: Draft, width: number): void => put(draft, 0, width, 0);

function putAddress(draft: Draft, text: string, width: 4 | 16): void {
  const address = parseAddress(text);
  if (address === undefined) putUnknown(draft, width);
  else for (let n = width - 1; n >= 0; n--) put(draft, Number((address.value >> BigInt(8 * n)) & 0xffn), 1);
}

function putIpv4(draft: Draft, packet: Packet, proto: number): void {
  put(draft, 0x45, 1);
  put(draft, packet.tos, 1);
  put(draft, packet.length, 2);
  putUnknown(draft, 2);
  put(draft, packet.dontFragment ? 0x4000 : 0, 2);
  put(draft, packet.ttl, 1);
  put(draft, proto, 1);
  putUnknown(draft, 2);
  putAddress(draft, packet.src, 4);
  putAddress(draft, packet.dst, 4);
}

function putIpv6(draft: Draft, packet: Packet, proto: number): void {
  // Version and traffic class are known, the flow label is not.
  put(draft, (6 << 12) | (packet.tos << 4), 2, 0xfff0);
  putUnknown(draft, 2);
  put(draft, packet.length - 40, 2);
  put(draft, proto, 1);
  put(draft, packet.ttl, 1);
  putAddress(draft, packet.src, 16);
  putAddress(draft, packet.dst, 16);
}

const putPort = (draft: Draft, port: number | undefined): void =>
  port === undefined ? putUnknown(draft, 2) : put(draft, port, 2);

/** The length of the transport header; undefined: options may follow. */
function putTransport(draft: Draft, view: View, transport: number): number | undefined {
  const { packet } = view;
  if ([6, 17, 33, 132, 136].includes(view.proto)) {
    putPort(draft, packet.sport);
    putPort(draft, packet.dport);
  } else if (view.proto === 1 || view.proto === 58) {
    putCode(draft, packet.icmpType);
    putCode(draft, packet.icmpType === undefined ? undefined : (packet.icmpCode ?? 0));
    return 8;
  }
  if (view.proto === 17) {
    put(draft, packet.length - transport, 2);
    putUnknown(draft, 2);
    return 8;
  }
  if (view.proto === 6) {
    putUnknown(draft, 9);
    put(draft, view.tcpFlags, 1);
  }
  return undefined;
}

const putCode = (draft: Draft, code: number | undefined): void =>
  code === undefined ? putUnknown(draft, 1) : put(draft, code, 1);

export function headerBytes(view: View): HeaderBytes {
  const draft: Draft = { bytes: [], known: [] };
  if (view.packet.family === 4) putIpv4(draft, view.packet, view.proto);
  else putIpv6(draft, view.packet, view.proto);
  const transport = draft.bytes.length;
  const header = putTransport(draft, view, transport);
  const body = view.context.payload;
  if (header !== undefined && body !== undefined) {
    while (draft.bytes.length < transport + header) putUnknown(draft, 1);
    for (const byte of body) put(draft, byte, 1);
  }
  return {
    bytes: Uint8Array.from(draft.bytes),
    known: Uint8Array.from(draft.known),
    transport,
    payload: header === undefined ? undefined : transport + header,
    length: view.packet.length,
  };
}

export interface KnownBits {
  readonly value: number;
  /** Bits of `value` that are known. */
  readonly known: number;
}

/** Up to 32 bits in network order; undefined: beyond the packet's end. */
export function bytesAt(header: HeaderBytes, offset: number, width: number): KnownBits | undefined {
  if (offset < 0 || offset + width > header.length) return undefined;
  let value = 0;
  let known = 0;
  for (let n = offset; n < offset + width; n++) {
    value = value * 256 + (header.bytes[n] ?? 0);
    known = known * 256 + (header.known[n] ?? 0);
  }
  return { value, known };
}
