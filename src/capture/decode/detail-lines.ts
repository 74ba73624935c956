/** All layers of one packet, field by field, and its bytes. */

import { printableAscii } from '../../std/printable.ts';
import type { DecodedPacket, Layer } from './layers.ts';

export interface DetailLine {
  readonly text: string;
  /** 0: a layer's heading; 1: a field of it. */
  readonly depth: number;
  /** The layer's own bytes, to be marked in the dump. */
  readonly from: number;
  readonly to: number;
}

const titles: Readonly<Record<Layer['kind'], string>> = {
  ethernet: 'Ethernet',
  sll: 'Linux cooked capture',
  vlan: 'VLAN tag',
  arp: 'ARP',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  tcp: 'TCP',
  udp: 'UDP',
  sctp: 'SCTP',
  icmp: 'ICMP',
  icmpv6: 'ICMPv6',
  dns: 'DNS',
  dhcp: 'DHCP',
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  gre: 'GRE',
  ipip: 'IP in IP',
  http: 'HTTP',
  tls: 'TLS',
  data: 'Data',
};

/** Fields that say where a layer lies, not what is in it. */
const placing = new Set(['kind', 'offset', 'size', 'original']);
const hexFields = new Set(['etherType', 'tpid', 'transaction']);

/** `dontFragment` → `dont fragment`. */
const fieldName = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const valueText = (key: string, value: unknown): string => {
  if (Array.isArray(value)) return value.map((one) => valueText('', one)).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).join(' ');
  return typeof value === 'number' && hexFields.has(key) ? `0x${value.toString(16)}` : String(value);
};

const fieldsOf = (layer: Layer): readonly (readonly [string, string])[] =>
  Object.entries(layer)
    .filter(([key, value]) => !placing.has(key) && value !== undefined && valueText(key, value) !== '')
    .map(([key, value]) => [fieldName(key), valueText(key, value)] as const);

const linesOf = (layer: Layer, depth: number): readonly DetailLine[] => {
  const place = { from: layer.offset, to: layer.offset + layer.size };
  const quoted = 'original' in layer ? (layer.original ?? []) : [];
  return [
    { text: titles[layer.kind], depth, ...place },
    ...fieldsOf(layer).map(([name, value]) => ({ text: `${name}: ${value}`, depth: depth + 1, ...place })),
    ...(quoted.length === 0 ? [] : [{ text: 'about this packet', depth: depth + 1, ...place }]),
    ...quoted.flatMap((one) => linesOf(one, depth + 2)),
  ];
};

export const detailLines = ({ layers, cut }: DecodedPacket): readonly DetailLine[] => [
  ...layers.flatMap((layer) => linesOf(layer, 0)),
  ...(cut === undefined ? [] : [{ text: cut, depth: 0, from: 0, to: 0 }]),
];

const bytesPerLine = 16;

/** `0010  45 00 …  E...`: sixteen bytes a line, what is not printable ASCII as a dot. */
export const hexLines = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.ceil(bytes.length / bytesPerLine) }, (_, n) => {
    const part = [...bytes.subarray(n * bytesPerLine, (n + 1) * bytesPerLine)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return `${(n * bytesPerLine).toString(16).padStart(4, '0')}  ${hex.padEnd(bytesPerLine * 3 - 1)}  ${printableAscii(text)}`;
  });
