/** ICMP and ICMPv6: echoes, errors with the packet they quote, neighbour discovery. */
import { ipv4At, ipv6At, macAt, u8, u16, u32 } from './bytes.ts';
import { decodeQuoted } from './decode-ip.ts';
import { type Draft, has, nestingLimit } from './draft.ts';
import { isIcmpError, nameIcmp } from './icmp-names.ts';
import type { IcmpLayer } from './layers.ts';

type Parts = Partial<Pick<IcmpLayer, 'id' | 'seq' | 'mtu' | 'target' | 'mac' | 'original'>>;

/** Source (1) or target (2) link-layer address option (RFC 4861 §4.6). */
const linkLayerOption = (bytes: Uint8Array, from: number, end: number): string | undefined => {
  for (let at = from; at + 8 <= Math.min(end, bytes.length); ) {
    const size = u8(bytes, at + 1) * 8;
    if (size === 0) return undefined;
    if (u8(bytes, at) === 1 || u8(bytes, at) === 2) return macAt(bytes, at + 2);
    at += size;
  }
  return undefined;
};

/** Where the options of a neighbour discovery message begin, and whether it names a target. */
const discovery: Readonly<Record<number, { readonly options: number; readonly target: boolean }>> = {
  133: { options: 8, target: false },
  134: { options: 16, target: false },
  135: { options: 24, target: true },
  136: { options: 24, target: true },
  137: { options: 40, target: true },
};

const discoveryParts = (bytes: Uint8Array, type: number, at: number, end: number): Parts => {
  const shape = discovery[type];
  if (shape === undefined) return {};
  const mac = linkLayerOption(bytes, at + shape.options, end);
  return {
    ...(shape.target && at + 24 <= Math.min(end, bytes.length) && { target: ipv6At(bytes, at + 8) }),
    ...(mac !== undefined && { mac }),
  };
};

const errorParts = (draft: Draft, family: 4 | 6, type: number, code: number, at: number, end: number): Parts => {
  const { bytes, depth } = draft;
  const original = depth < nestingLimit ? decodeQuoted(bytes, at + 8, Math.min(end, bytes.length), depth + 1) : [];
  return {
    ...(family === 4 && type === 3 && code === 4 && { mtu: u16(bytes, at + 6) }),
    ...(family === 6 && type === 2 && { mtu: u32(bytes, at + 4) }),
    ...(family === 4 && type === 5 && { target: ipv4At(bytes, at + 4) }),
    ...(original.length > 0 && { original }),
  };
};

const isEcho = (family: 4 | 6, type: number): boolean =>
  family === 4 ? type === 0 || type === 8 || type === 13 || type === 14 : type === 128 || type === 129;

const readParts = (draft: Draft, family: 4 | 6, at: number, end: number): Parts => {
  const { bytes } = draft;
  const type = u8(bytes, at);
  if (isEcho(family, type)) return { id: u16(bytes, at + 4), seq: u16(bytes, at + 6) };
  if (isIcmpError(family, type)) return errorParts(draft, family, type, u8(bytes, at + 1), at, end);
  return family === 6 ? discoveryParts(bytes, type, at, end) : {};
};

export const decodeIcmp = (draft: Draft, at: number, end: number, family: 4 | 6): void => {
  const { bytes, layers } = draft;
  if (!has(draft, at, 4, end, 'ICMP header')) return;
  const type = u8(bytes, at);
  const code = u8(bytes, at + 1);
  layers.push({
    kind: family === 4 ? 'icmp' : 'icmpv6',
    type,
    code,
    name: nameIcmp(family, type, code),
    ...(has(draft, at, 8, end, 'ICMP header') && readParts(draft, family, at, end)),
    offset: at,
    size: Math.min(8, Math.min(end, bytes.length) - at),
  });
};
