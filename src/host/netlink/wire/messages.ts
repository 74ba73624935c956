/** Netlink messages: their header, their numbers, and a walk over a buffer of them that survives any damage. */
import { littleEndian } from './attributes.ts';

export const HEADER = 16;

/** From linux/netlink.h and linux/rtnetlink.h. */
export const NLMSG = { ERROR: 2, DONE: 3 } as const;
export const NLM_F = { REQUEST: 1, ACK: 4, DUMP_INTR: 0x10, DUMP: 0x300 } as const;
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWNEIGH: 28,
  DELNEIGH: 29,
  GETNEIGH: 30,
  NEWRULE: 32,
  DELRULE: 33,
  GETRULE: 34,
  NEWNETCONF: 80,
  DELNETCONF: 81,
  GETNETCONF: 82,
  NEWNSID: 88,
  DELNSID: 89,
  GETNSID: 90,
  NEWNEXTHOP: 104,
  DELNEXTHOP: 105,
  GETNEXTHOP: 106,
  NEWVLAN: 112,
  DELVLAN: 113,
  GETVLAN: 114,
} as const;

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Offset of the family header, after the netlink header. */
  readonly body: number;
  readonly end: number;
}

/** Stops at the first message whose length makes no sense: what follows cannot be found. */
export const eachMessage = (view: DataView, start: number, end: number, visit: (message: Message) => void): void => {
  const limit = Math.min(end, view.byteLength);
  let offset = start;
  while (offset + HEADER <= limit) {
    const length = view.getUint32(offset, littleEndian);
    if (length < HEADER || offset + length > limit) return;
    visit({
      type: view.getUint16(offset + 4, littleEndian),
      flags: view.getUint16(offset + 6, littleEndian),
      sequence: view.getUint32(offset + 8, littleEndian),
      body: offset + HEADER,
      end: offset + length,
    });
    offset += (length + 3) & ~3;
  }
};

export interface Decoded<T> {
  readonly items: readonly T[];
  /** Messages that could not be understood: each becomes part of a gap, never an exception. */
  readonly broken: number;
}

/** Decodes every message of the wanted types; a decoder answers undefined for one that is not ours, or throws for a damaged one. */
export const decodeMessages = <T>(
  view: DataView,
  start: number,
  end: number,
  types: readonly number[],
  decode: (view: DataView, message: Message) => T | undefined,
): Decoded<T> => {
  const items: T[] = [];
  let broken = 0;
  eachMessage(view, start, end, (message) => {
    if (!types.includes(message.type)) return;
    try {
      const item = decode(view, message);
      if (item !== undefined) items.push(item);
    } catch {
      broken++;
    }
  });
  return { items, broken };
};
