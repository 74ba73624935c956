/** System calls on sockets that only those need who do more than ask netlink: probes and packet rings. */
import koffi from 'koffi';

const libc = koffi.load(null);

export const getsockname = libc.func('int getsockname(int, void *, void *)') as (
  fd: number,
  address: Uint8Array,
  length: Uint8Array,
) => number;
export const getsockopt = libc.func('int getsockopt(int, int, int, void *, void *)') as (
  fd: number,
  level: number,
  name: number,
  value: Uint8Array,
  length: Uint8Array,
) => number;
export const poll = libc.func('int poll(void *, unsigned long, int)') as (
  fds: Uint8Array,
  count: number,
  timeoutMs: number,
) => number;
