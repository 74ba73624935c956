/** The few system calls Node does not offer, through the C library already loaded in this process. Only the worker imports this. */
import koffi from 'koffi';

// null is the program itself: no library name that differs between glibc and musl.
const libc = koffi.load(null);

type Call = (...values: readonly unknown[]) => number;
const bind = (signature: string): Call => libc.func(signature) as Call;

export const setns = bind('int setns(int, int)') as (fd: number, type: number) => number;
export const socket = bind('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
/** Without O_CREAT the mode is not looked at, so the call is not really variadic. */
export const open = bind('int open(const char *, int)') as (path: string, flags: number) => number;
export const read = bind('long read(int, void *, size_t)') as (fd: number, data: Uint8Array, length: number) => number;
export const close = bind('int close(int)') as (fd: number) => number;
export const bindSocket = bind('int bind(int, const void *, uint32_t)') as (
  fd: number,
  address: Uint8Array,
  length: number,
) => number;
export const send = bind('long send(int, const void *, size_t, int)') as (
  fd: number,
  data: Uint8Array,
  length: number,
  flags: number,
) => number;
export const recv = bind('long recv(int, void *, size_t, int)') as (
  fd: number,
  data: Uint8Array,
  length: number,
  flags: number,
) => number;
export const recvmsg = bind('long recvmsg(int, void *, int)') as (
  fd: number,
  message: Uint8Array,
  flags: number,
) => number;
export const setsockopt = bind('int setsockopt(int, int, int, const void *, uint32_t)') as (
  fd: number,
  level: number,
  name: number,
  value: Uint8Array,
  length: number,
) => number;
/** Variadic in C; the third argument travels in a register all the same on every Linux ABI Node runs on. */
export const fcntl = bind('int fcntl(int, int, long)') as (fd: number, command: number, value: number) => number;
export const ioctl = bind('int ioctl(int, unsigned long, long)') as (
  fd: number,
  request: number,
  value: number,
) => number;
export const syscall = bind('long syscall(long, long, long, long)') as (
  number: number,
  a: number,
  b: number,
  c: number,
) => number;

/** errno of the last call of this thread. */
export const errno = (): number => koffi.errno();

/** Where a buffer lies in memory; only for buffers that are not moved (their own ArrayBuffer, beyond V8's on-heap size). */
export const addressOf = (buffer: Uint8Array): bigint => BigInt(koffi.address(buffer));

export const CLONE_NEWNET = 0x40000000;

const errorNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  4: 'EINTR',
  5: 'EIO',
  9: 'EBADF',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  22: 'EINVAL',
  24: 'EMFILE',
  25: 'ENOTTY',
  38: 'ENOSYS',
  93: 'EPROTONOSUPPORT',
  95: 'EOPNOTSUPP',
  97: 'EAFNOSUPPORT',
  99: 'EADDRNOTAVAIL',
  105: 'ENOBUFS',
  110: 'ETIMEDOUT',
};
export const errorName = (code: number): string => errorNames[Math.abs(code)] ?? `errno ${Math.abs(code)}`;
