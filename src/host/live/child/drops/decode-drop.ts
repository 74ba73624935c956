/** What the program wrote down of one drop → the event that is told. */
import { ipv4Text } from '../../../netlink/wire/address-text.ts';
import { littleEndian, textAt } from '../../../netlink/wire/attributes.ts';
import type { SeenPacket } from '../../live-order.ts';
import type { DropEvent } from '../../watch-order.ts';
import { seenPacket } from '../seen-packet.ts';
import { packetBytes, record } from './drop-program.ts';
import type { Symbols } from './symbols.ts';

const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
const ICMP = 1;
const ICMPV6 = 58;
const unset = 0xffff;

/** IPv6 extension headers are left out, as the kernel's rule trace does; a fragment but the first has no ports. */
const headersEnd = (protocol: number, bytes: Uint8Array): number => {
  if (protocol === ETHERTYPE.ipv6) return 40;
  const fragment = (((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)) & 0x1fff;
  return fragment > 0 ? bytes.length : ((bytes[0] ?? 0) & 0xf) * 4;
};

const isError = (packet: SeenPacket): boolean => {
  const { proto, icmpType = -1 } = packet;
  return proto === ICMP ? [3, 4, 5, 11, 12].includes(icmpType) : proto === ICMPV6 && icmpType >= 1 && icmpType <= 4;
};

type Headers = Pick<DropEvent, 'packet' | 'about' | 'arp'>;

const readIp = (protocol: number, bytes: Uint8Array): Headers => {
  const end = headersEnd(protocol, bytes);
  const packet = seenPacket(bytes, bytes.subarray(end));
  if (packet === undefined) return {};
  const inner = isError(packet) ? bytes.subarray(end + 8) : undefined;
  const about = inner && seenPacket(inner, inner.subarray(headersEnd(protocol, inner)));
  return { packet, ...(about === undefined ? {} : { about }) };
};

/** RFC 826, over Ethernet and for IPv4. */
const readArp = (bytes: Uint8Array): Headers =>
  bytes[5] === 4 ? { arp: { asks: ipv4Text(bytes.subarray(14, 18)), target: ipv4Text(bytes.subarray(24, 28)) } } : {};

/** By the IP header's own count: what lies behind is not of this packet. The kernel's length leaves out what was taken off. */
const ownBytes = (protocol: number, bytes: Uint8Array): Uint8Array => {
  const u16 = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const total = protocol === ETHERTYPE.ipv4 ? u16(2) : u16(4) + 40;
  // Segments that are cut later may be longer than the field can say.
  return total === 0 ? bytes : bytes.subarray(0, Math.min(packetBytes, total));
};

const headersOf = (protocol: number, bytes: Uint8Array): Headers => {
  switch (protocol) {
    case ETHERTYPE.ipv4:
    case ETHERTYPE.ipv6:
      return readIp(protocol, ownBytes(protocol, bytes));
    case ETHERTYPE.arp:
      return readArp(bytes);
    default:
      return {};
  }
};

export interface DecodeContext {
  /** Without their common beginning. */
  readonly reasons: ReadonlyMap<number, string>;
  readonly symbols: Symbols;
  readonly tellsReason: boolean;
}

export const decodeDrop = (bytes: Uint8Array, { reasons, symbols, tellsReason }: DecodeContext): DropEvent => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, littleEndian);
  const protocol = view.getUint16(record.protocol, false);
  const [reason, inode, ifindex, iif] = [u32(record.reason), u32(record.netns), u32(record.ifindex), u32(record.iif)];
  const length = u32(record.length);
  const network = view.getUint16(record.network, littleEndian);
  const packet = bytes.subarray(record.packet, record.size);
  return {
    ...(tellsReason ? { reason: reasons.get(reason) ?? `reason ${reason}` } : {}),
    location: symbols.nameOf(view.getBigUint64(record.location, littleEndian)),
    ...(inode === 0 ? {} : { inode }),
    ...(ifindex === 0 ? {} : { ifindex, ifname: textAt(view, record.ifname, 16) }),
    ...(iif === 0 ? {} : { iif }),
    protocol,
    length,
    ...(network === unset ? {} : headersOf(protocol, packet)),
    count: 1,
  };
};

const prefix = 'SKB_DROP_REASON_';
const dropPrefix = 'SKB_';

export const reasonNames = (names: ReadonlyMap<number, string>): ReadonlyMap<number, string> =>
  new Map(
    [...names].map(([value, name]) => [
      value,
      name.startsWith(prefix) ? name.slice(prefix.length) : name.replace(dropPrefix, ''),
    ]),
  );
