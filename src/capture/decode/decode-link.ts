/** Link headers: Ethernet with its tags, Linux cooked captures, none at all. */
import { macAt, u8, u16, u32 } from './bytes.ts';
import { decodeArp } from './decode-arp.ts';
import { decodeIp } from './decode-ip.ts';
import { addData, type Draft, has, nestingLimit } from './draft.ts';
import { linkTypes, readLink } from './link-headers.ts';

const etherTypeNames: Readonly<Record<number, string>> = {
  39: 'LLC',
  32821: 'RARP',
  34887: 'MPLS',
  34915: 'PPPoE discovery',
  34916: 'PPPoE',
  34958: 'EAPOL',
  35020: 'LLDP',
  35045: 'MACsec',
  35063: 'PTP',
  36864: 'loopback test',
};

/** Below 0x0600 the field is a length, and what follows is LLC: spanning tree, mostly. */
const nameEtherType = (etherType: number, bytes: Uint8Array, at: number): string => {
  if (etherType < 0x0600) return u16(bytes, at) === 0x4242 ? 'STP' : 'LLC';
  return etherTypeNames[etherType] ?? `ethertype 0x${etherType.toString(16).padStart(4, '0')}`;
};

const decodeNetwork = (draft: Draft, etherType: number, at: number, end: number): void => {
  const { bytes } = draft;
  if (etherType === 0x0800 || etherType === 0x86dd) decodeIp(draft, at, end);
  else if (etherType === 0x0806) decodeArp(draft, at, end);
  else if (etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100) decodeTag(draft, etherType, at, end);
  else addData(draft, at, end, nameEtherType(etherType, bytes, at));
};

const decodeTag = (draft: Draft, tpid: number, at: number, end: number): void => {
  if (draft.depth++ >= nestingLimit) {
    addData(draft, at, end, 'too many tags');
    return;
  }
  if (!has(draft, at, 4, end, 'VLAN tag')) return;
  const tag = u16(draft.bytes, at);
  draft.layers.push({ kind: 'vlan', id: tag & 0xfff, priority: tag >> 13, tpid, offset: at, size: 4 });
  decodeNetwork(draft, u16(draft.bytes, at + 2), at + 4, end);
};

export const decodeEthernet = (draft: Draft, at: number, end: number): void => {
  if (draft.depth++ >= nestingLimit) {
    addData(draft, at, end, 'packets nested too deep');
    return;
  }
  if (!has(draft, at, 14, end, 'Ethernet header')) return;
  const { bytes } = draft;
  const etherType = u16(bytes, at + 12);
  draft.layers.push({
    kind: 'ethernet',
    src: macAt(bytes, at + 6),
    dst: macAt(bytes, at),
    etherType,
    offset: at,
    size: 14,
  });
  decodeNetwork(draft, etherType, at + 14, end);
};

const decodeSll = (draft: Draft, end: number): void => {
  if (!has(draft, 0, 16, end, 'cooked header')) return;
  const { bytes } = draft;
  const etherType = u16(bytes, 14);
  draft.layers.push({
    kind: 'sll',
    src: u16(bytes, 4) === 6 ? macAt(bytes, 6) : '',
    etherType,
    packetType: u16(bytes, 0),
    offset: 0,
    size: 16,
  });
  decodeNetwork(draft, etherType, 16, end);
};

const decodeSll2 = (draft: Draft, end: number): void => {
  if (!has(draft, 0, 20, end, 'cooked header')) return;
  const { bytes } = draft;
  const etherType = u16(bytes, 0);
  draft.layers.push({
    kind: 'sll',
    src: u8(bytes, 11) === 6 ? macAt(bytes, 12) : '',
    etherType,
    ifindex: u32(bytes, 4),
    packetType: u8(bytes, 10),
    offset: 0,
    size: 20,
  });
  decodeNetwork(draft, etherType, 20, end);
};

export const decodeLink = (draft: Draft, linkType: number): void => {
  const end = draft.bytes.length;
  if (linkType === linkTypes.ethernet) {
    decodeEthernet(draft, 0, end);
    return;
  }
  if (linkType === linkTypes.sll) {
    decodeSll(draft, end);
    return;
  }
  if (linkType === linkTypes.sll2) {
    decodeSll2(draft, end);
    return;
  }
  const { etherType, next } = readLink(draft.bytes, linkType);
  if (etherType !== 0) {
    decodeIp(draft, next, end);
    return;
  }
  const known = linkType === linkTypes.raw || linkType === linkTypes.null;
  addData(draft, 0, end, known ? 'no IP packet' : `link type ${linkType}`);
};
