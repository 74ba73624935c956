/** nsids: which number a netns has in another one, asked of the kernel. */
import { littleEndian, readAttributes, readI32 } from '../wire/attributes.ts';
import { eachMessage, RTM } from '../wire/messages.ts';
import type { Arena } from './arena.ts';
import { ask } from './netlink-socket.ts';
import { getNsidOfFd, getNsids, getNsidsOf } from './requests.ts';

const NETNSA_NSID = 1;
const NETNSA_CURRENT_NSID = 5;
const RTGENMSG = 4;

interface Pair {
  readonly nsid: number;
  /** The number the same netns has where the socket is; -1: none. */
  readonly current: number;
}

const pairs = (arena: Arena, start: number, end: number): readonly Pair[] => {
  const found: Pair[] = [];
  eachMessage(arena.view, start, end, (message) => {
    if (message.type !== RTM.NEWNSID) return;
    const attributes = readAttributes(arena.view, message.body + RTGENMSG, message.end);
    const nsid = readI32(attributes, NETNSA_NSID);
    if (nsid !== undefined && nsid >= 0) found.push({ nsid, current: readI32(attributes, NETNSA_CURRENT_NSID) ?? -1 });
  });
  arena.length = start;
  return found;
};

/** All nsids of the netns the socket lives in. */
export const listNsids = (fd: number, arena: Arena): readonly number[] => {
  const answer = ask(fd, getNsids, arena);
  return pairs(arena, answer.start, answer.end).map((pair) => pair.nsid);
};

/** All nsids of another netns, translated into those of the socket's. */
export const listNsidsOf = (fd: number, nsid: number, arena: Arena): readonly Pair[] => {
  const answer = ask(fd, getNsidsOf(nsid), arena);
  return pairs(arena, answer.start, answer.end);
};

/** The nsid of the netns open as `netnsFd`, in the netns the socket lives in; undefined: it has none there. Asking assigns none. */
export const nsidOf = (fd: number, netnsFd: number, arena: Arena): number | undefined => {
  const start = arena.length;
  ask(fd, getNsidOfFd(netnsFd), arena);
  const view = arena.view;
  const end = arena.length;
  arena.length = start;
  if (end - start < 20 || view.getUint16(start + 4, littleEndian) !== RTM.NEWNSID) return undefined;
  const nsid = readI32(readAttributes(view, start + 16 + RTGENMSG, end), NETNSA_NSID);
  return nsid === undefined || nsid < 0 ? undefined : nsid;
};
