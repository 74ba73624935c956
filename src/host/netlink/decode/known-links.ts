/** The names of links in a buffer of link messages, without decoding the rest. */
import { littleEndian, readAttributes, readText } from '../wire/attributes.ts';
import { eachMessage, type Message, RTM } from '../wire/messages.ts';
import type { KnownLink } from './link-context.ts';

const IFLA_IFNAME = 3;
const IFF_UP = 1;

/** ifindex → name and up, of every link message in [start, end): read before decoding, because a link may name a later one. */
export const knownLinks = (
  view: DataView,
  start: number,
  end: number,
  known = new Map<number, KnownLink>(),
): Map<number, KnownLink> => {
  eachMessage(view, start, end, (message) => {
    if (message.type !== RTM.NEWLINK || message.end - message.body < 16 || view.getUint8(message.body) !== 0) return;
    const name = readText(readAttributes(view, message.body + 16, firstAttributeEnd(view, message)), IFLA_IFNAME);
    if (name === undefined) return;
    known.set(view.getInt32(message.body + 4, littleEndian), {
      name,
      up: (view.getUint32(message.body + 8, littleEndian) & IFF_UP) !== 0,
    });
  });
  return known;
};

/** The kernel puts IFLA_IFNAME first (rtnl_fill_ifinfo): reading only that one keeps this walk cheap. */
const firstAttributeEnd = (view: DataView, message: Message): number => {
  const offset = message.body + 16;
  if (offset + 4 > message.end || (view.getUint16(offset + 2, littleEndian) & 0x3fff) !== IFLA_IFNAME)
    return message.end;
  return Math.min(message.end, offset + view.getUint16(offset, littleEndian));
};
