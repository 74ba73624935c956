/** Ties a child to this process: the kernel kills it when we end, whatever ends us, and however little it reads or writes. */
import koffi from 'koffi';

const libc = koffi.load(null);
const pipe2 = libc.func('int pipe2(void *, int)') as (fds: Int32Array, flags: number) => number;
/** Variadic in C; the third argument travels in a register all the same on every Linux ABI Node runs on. */
const fcntl = libc.func('int fcntl(int, int, long)') as (fd: number, command: number, value: number) => number;
const close = libc.func('int close(int)') as (fd: number) => number;

const O_CLOEXEC = 0o2000000;
const O_ASYNC = 0o20000;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const SIGKILL = 9;

export interface Leash {
  /** To be inherited by the child, under any number. */
  readonly fd: number;
  /** Right after the child was started. False: the kernel refused. */
  tie(pid: number): boolean;
  /** After the child has ended, or was never started. */
  drop(): void;
}

/**
 * A pipe of which the child holds the reading end and we the other. Its end comes to nobody's attention by itself; but with O_ASYNC the kernel
 * sends a signal of our choice (F_SETSIG) to the owner of the reading end when the last writer goes (pipe_release → kill_fasync), and that is the child,
 * by its struct pid, so no number can be reused. Neither a parent-death signal (cleared when tcpdump gives up root) nor a guardian is needed.
 */
export const makeLeash = (): Leash | undefined => {
  const ends = new Int32Array(2);
  if (pipe2(ends, O_CLOEXEC) !== 0) return undefined;
  const [reading = -1, writing = -1] = ends;
  let isHeld = true;
  return {
    fd: reading,
    tie: (pid) => {
      const tied =
        fcntl(reading, F_SETOWN, pid) === 0 &&
        fcntl(reading, F_SETSIG, SIGKILL) === 0 &&
        fcntl(reading, F_SETFL, O_ASYNC) === 0;
      // Only the child has it from here on.
      close(reading);
      isHeld = false;
      return tied;
    },
    drop: () => {
      if (isHeld) close(reading);
      close(writing);
    },
  };
};
