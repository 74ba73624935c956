/** Where the network layer begins, for each kind of link a capture can be made on (LINKTYPE_ numbers of the pcap file formats). */
import { u8, u16 } from './bytes.ts';

export const linkTypes = { null: 0, ethernet: 1, raw: 101, sll: 113, sll2: 276 } as const;

/** IP without a link header is told apart by its first four bits. */
const etherTypeOfIp = (bytes: Uint8Array, at: number): number => {
  const version = u8(bytes, at) >> 4;
  return version === 4 ? 0x0800 : version === 6 ? 0x86dd : 0;
};

export interface LinkEnd {
  etherType: number;
  /** Where the layer after the link header and its tags begins. */
  next: number;
  /** Of the innermost tag; -1 without one. */
  vlan: number;
}

const isTag = (etherType: number): boolean => etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;

/** Tags in a row are rarely more than two; a frame made of tags alone must not cost more. */
const tagLimit = 4;

const pastTags = (bytes: Uint8Array, etherType: number, next: number): LinkEnd => {
  const end: LinkEnd = { etherType, next, vlan: -1 };
  for (let n = 0; n < tagLimit && isTag(end.etherType) && end.next + 4 <= bytes.length; n++) {
    end.vlan = u16(bytes, end.next) & 0xfff;
    end.etherType = u16(bytes, end.next + 2);
    end.next += 4;
  }
  return end;
};

export const readEthernet = (bytes: Uint8Array, at: number): LinkEnd => pastTags(bytes, u16(bytes, at + 12), at + 14);

/** etherType 0: a link type nobody here knows, or no IP on a raw link. */
export const readLink = (bytes: Uint8Array, linkType: number): LinkEnd => {
  switch (linkType) {
    case linkTypes.ethernet:
      return readEthernet(bytes, 0);
    // LINKTYPE_RAW, and the DLT_RAW values that old files carry instead; IPV4 and IPV6 alone.
    case linkTypes.raw:
    case 12:
    case 14:
    case 228:
    case 229:
      return { etherType: etherTypeOfIp(bytes, 0), next: 0, vlan: -1 };
    // The address family is in the capturing host's byte order and differs by system: the packet itself tells.
    case linkTypes.null:
    case 108:
      return { etherType: etherTypeOfIp(bytes, 4), next: 4, vlan: -1 };
    case linkTypes.sll:
      return pastTags(bytes, u16(bytes, 14), 16);
    case linkTypes.sll2:
      return pastTags(bytes, u16(bytes, 0), 20);
    default:
      return { etherType: 0, next: 0, vlan: -1 };
  }
};
