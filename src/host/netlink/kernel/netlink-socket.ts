/** A netlink socket of the calling thread's netns: ask, receive into the arena, close. Everything here is synchronous. */
import { littleEndian } from '../wire/attributes.ts';
import { HEADER, NLM_F, NLMSG } from '../wire/messages.ts';
import { type Arena, ensureRoom, RECEIVE_ROOM } from './arena.ts';
import { close, errno, recv, send, setsockopt, socket } from './libc.ts';
import type { Request } from './requests.ts';

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

/** The answer goes on: no errno is negative. */
const MORE = -1;

/** MORE, or the errno (0: none) that the answer ended with; looks at the messages' headers only. */
const findEnd = (view: DataView, start: number, end: number, isDump: boolean): number => {
  for (let at = start; at + HEADER <= end; ) {
    const length = view.getUint32(at, littleEndian);
    if (length < HEADER || at + length > end) break;
    const type = view.getUint16(at + 4, littleEndian);
    if (type === NLMSG.DONE || type === NLMSG.ERROR)
      return length < HEADER + 4 ? 0 : Math.max(0, -view.getInt32(at + HEADER, littleEndian));
    if (!isDump) return 0;
    at += (length + 3) & ~3;
  }
  return MORE;
};

const hasInterruptedMark = (view: DataView, start: number, end: number): boolean => {
  for (let at = start; at + HEADER <= end; ) {
    if (view.getUint16(at + 6, littleEndian) & NLM_F.DUMP_INTR) return true;
    at += Math.max(HEADER, (view.getUint32(at, littleEndian) + 3) & ~3);
  }
  return false;
};

/** Sends one request and receives its whole answer behind what the arena already holds. */
export const ask = (fd: number, { bytes, length, isDump }: Request, arena: Arena): Dumped => {
  const start = arena.length;
  let error = send(fd, bytes, length, 0) < 0 ? errno() : MORE;
  let interrupted = false;
  let truncated = false;
  while (error === MORE) {
    ensureRoom(arena);
    const at = arena.length;
    const received = recv(fd, arena.bytes.subarray(at, at + RECEIVE_ROOM), RECEIVE_ROOM, MSG_TRUNC | MSG_DONTWAIT);
    if (received < 0) {
      const failed = errno();
      if (failed !== EINTR) error = failed;
      continue;
    }
    if (received > RECEIVE_ROOM) truncated = true;
    arena.length = at + Math.min(received, RECEIVE_ROOM);
    error = received === 0 ? 0 : findEnd(arena.view, at, arena.length, isDump);
    interrupted ||= isDump && hasInterruptedMark(arena.view, at, arena.length);
  }
  return { start, end: arena.length, error, interrupted, truncated };
};

/** A list that changed under our hands is read again, twice at most; then it is taken as it is (and marked). */
export const askConsistently = (fd: number, request: Request, arena: Arena): Dumped => {
  for (let attempt = 0; ; attempt++) {
    const before = arena.length;
    const answer = ask(fd, request, arena);
    if (!answer.interrupted || attempt === 2) return answer;
    arena.length = before;
  }
};

export const closeNetlink = (fd: number): void => {
  close(fd);
};
