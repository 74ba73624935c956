/** A netlink socket of the calling thread's netns: ask, receive into the arena, close. Everything here is synchronous. */
import { littleEndian } from '../wire/attributes.ts';
import { HEADER, NLM_F, NLMSG } from '../wire/messages.ts';
import { type Arena, ensureRoom, RECEIVE_ROOM } from './arena.ts';
import { close, errno, recv, send, setsockopt, socket } from './libc.ts';
import { requestLength } from './requests.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_NETLINK = 270;
const NETLINK_GET_STRICT_CHK = 12;
/** The kernel works on a request while it is being sent, and on the next part of a dump while one is received: there is never anything to wait for. */
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const EINTR = 4;

export const NETLINK = { ROUTE: 0, SOCK_DIAG: 4, NETFILTER: 12 } as const;

const one = new Uint8Array([1, 0, 0, 0]);
if (!littleEndian) one.set([0, 0, 0, 1]);

/** A descriptor, or a negative errno. */
export const openNetlink = (protocol: number): number => {
  const fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  return fd < 0 ? -errno() : fd;
};

export const setStrict = (fd: number): boolean => setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, one, 4) === 0;

export interface Dumped {
  readonly start: number;
  readonly end: number;
  /** 0, or the errno the kernel ended the dump with. */
  readonly error: number;
  /** NLM_F_DUMP_INTR: the list changed while it was read. */
  readonly interrupted: boolean;
  readonly truncated: boolean;
}

interface Scan {
  readonly done: boolean;
  readonly error: number;
  readonly interrupted: boolean;
}

/** Looks at the headers only: is this the end of the answer, and how did it end. */
const scan = (arena: Arena, start: number, end: number, dump: boolean): Scan => {
  const { view } = arena;
  let interrupted = false;
  for (let at = start; at + HEADER <= end; ) {
    const length = view.getUint32(at, littleEndian);
    if (length < HEADER || at + length > end) break;
    const type = view.getUint16(at + 4, littleEndian);
    if (view.getUint16(at + 6, littleEndian) & NLM_F.DUMP_INTR) interrupted = true;
    if (type === NLMSG.DONE || type === NLMSG.ERROR) {
      const error = length >= HEADER + 4 ? -view.getInt32(at + HEADER, littleEndian) : 0;
      return { done: true, error: Math.max(0, error), interrupted };
    }
    if (!dump) return { done: true, error: 0, interrupted };
    at += (length + 3) & ~3;
  }
  return { done: false, error: 0, interrupted };
};

/** Sends one request and receives its whole answer behind what the arena already holds. */
export const ask = (fd: number, bytes: Uint8Array<ArrayBuffer>, arena: Arena): Dumped => {
  const start = arena.length;
  const dump = (new DataView(bytes.buffer).getUint16(6, littleEndian) & NLM_F.DUMP) === NLM_F.DUMP;
  const failed = (error: number): Dumped => ({ start, end: arena.length, error, interrupted: false, truncated: false });
  if (send(fd, bytes, requestLength(bytes), 0) < 0) return failed(errno());
  let interrupted = false;
  let truncated = false;
  for (;;) {
    ensureRoom(arena);
    const room = arena.bytes.subarray(arena.length, arena.length + RECEIVE_ROOM);
    const received = recv(fd, room, RECEIVE_ROOM, MSG_TRUNC | MSG_DONTWAIT);
    if (received < 0) {
      if (errno() === EINTR) continue;
      return failed(errno());
    }
    if (received > RECEIVE_ROOM) truncated = true;
    const end = arena.length + Math.min(received, RECEIVE_ROOM);
    const seen = scan(arena, arena.length, end, dump);
    arena.length = end;
    interrupted ||= seen.interrupted;
    if (seen.done || received === 0) return { start, end, error: seen.error, interrupted, truncated };
  }
};

/** A list that changed under our hands is read again, twice at most; then it is taken as it is (and marked). */
export const askConsistently = (fd: number, bytes: Uint8Array<ArrayBuffer>, arena: Arena): Dumped => {
  for (let attempt = 0; ; attempt++) {
    const before = arena.length;
    const answer = ask(fd, bytes, arena);
    if (!answer.interrupted || attempt === 2) return answer;
    arena.length = before;
  }
};

export const closeNetlink = (fd: number): void => {
  close(fd);
};
