/** The system calls of a packet socket with a ring that Node does not offer. */
import koffi from 'koffi';

const libc = koffi.load(null);

export const mapMemory = libc.func('void *mmap(void *, size_t, int, int, int, int64_t)') as (
  address: null,
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => unknown;
export const unmapMemory = libc.func('int munmap(void *, size_t)') as (address: unknown, length: number) => number;

/** Memory the kernel writes to, seen as bytes; undefined: mmap failed (MAP_FAILED is all ones). */
export const viewMemory = (address: unknown, length: number): ArrayBuffer | undefined =>
  address === null || BigInt(koffi.address(address as never)) === 0xffff_ffff_ffff_ffffn
    ? undefined
    : (koffi.view(address as never, length) as ArrayBuffer);
