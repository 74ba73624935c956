/** The system calls a live proof needs beyond those on sockets: connecting, and a name for this thread. */
import koffi from 'koffi';

const libc = koffi.load(null);

export const connectSocket = libc.func('int connect(int, const void *, uint32_t)') as (
  fd: number,
  address: Uint8Array,
  length: number,
) => number;
const prctl = libc.func('int prctl(int, const char *, long, long, long)') as (
  option: number,
  name: string,
  a: number,
  b: number,
  c: number,
) => number;
export const syscallText = libc.func('long syscall(long, const char *, long)') as (
  number: number,
  text: string,
  a: number,
) => number;
export const syscallFive = libc.func('long syscall(long, long, long, void *, void *, long)') as (
  number: number,
  a: number,
  b: number,
  c: null,
  d: null,
  e: number,
) => number;

const PR_SET_NAME = 15;

/** At most 15 bytes; what tracing shows and filters by as `comm`. */
export const nameThread = (name: string): boolean => prctl(PR_SET_NAME, name, 0, 0, 0) === 0;
