/** Packets that travel in packets: VXLAN, Geneve, GRE. */
import { u8, u16, u32 } from './bytes.ts';
import { decodeIp } from './decode-ip.ts';
import { decodeEthernet } from './decode-link.ts';
import { addData, type Draft, has } from './draft.ts';
import type { TunnelLayer } from './layers.ts';
import { isVxlanPort } from './read-headers.ts';

const decodeInner = (draft: Draft, etherType: number, at: number, end: number): void => {
  if (etherType === 0x6558) decodeEthernet(draft, at, end);
  else if (etherType === 0x0800 || etherType === 0x86dd) decodeIp(draft, at, end);
  else addData(draft, at, end, `ethertype 0x${etherType.toString(16).padStart(4, '0')}`);
};

const addTunnel = (
  draft: Draft,
  kind: TunnelLayer['kind'],
  offset: number,
  size: number,
  id: number | undefined,
): void => {
  draft.layers.push({ kind, ...(id !== undefined && { id }), offset, size });
};

/** False: no tunnel we know, nothing was added. */
export const decodeUdpTunnel = (draft: Draft, dport: number, at: number, end: number): boolean => {
  const { bytes } = draft;
  if (at + 8 > Math.min(end, bytes.length)) return false;
  const vni = u32(bytes, at + 4) >>> 8;
  if (isVxlanPort(dport) && u8(bytes, at) === 8) {
    addTunnel(draft, 'vxlan', at, 8, vni);
    decodeEthernet(draft, at + 8, end);
    return true;
  }
  if (dport !== 6081 || u8(bytes, at) >> 6 !== 0) return false;
  const size = 8 + (u8(bytes, at) & 63) * 4;
  addTunnel(draft, 'geneve', at, size, vni);
  decodeInner(draft, u16(bytes, at + 2), at + size, end);
  return true;
};

/** GRE version 0 (RFC 2784, 2890); others (PPTP's) are data. */
export const decodeGre = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 4, end, 'GRE header')) return;
  const flags = u16(bytes, at);
  if ((flags & 7) !== 0) {
    addData(draft, at, end, 'GRE version 1');
    return;
  }
  const key = at + 4 + (flags & 0x8000 ? 4 : 0);
  const next = key + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
  if (!has(draft, at, next - at, end, 'GRE header')) return;
  addTunnel(draft, 'gre', at, next - at, flags & 0x2000 ? u32(bytes, key) : undefined);
  decodeInner(draft, u16(bytes, at + 2), next, end);
};
