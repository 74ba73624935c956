/** The bpf(2) calls of a drop monitor. All it makes are descriptors of this process: they end with it, however it ends. */
import koffi from 'koffi';
import { addressOf, close, errno, errorName } from '../../../netlink/kernel/libc.ts';
import { littleEndian } from '../../../netlink/wire/attributes.ts';

const libc = koffi.load(null);
const syscall = libc.func('long syscall(long, long, void *, long)') as (
  number: number,
  command: number,
  attributes: Uint8Array,
  size: number,
) => number;
const setrlimit = libc.func('int setrlimit(int, const void *)') as (resource: number, limit: Uint8Array) => number;

/** `__NR_bpf`. */
const numbers: Readonly<Record<string, number>> = { x64: 321, arm64: 280, riscv64: 280, ppc64: 361, s390x: 351 };
const COMMAND = { createMap: 0, lookup: 1, loadProgram: 5, openTracepoint: 17, takeOut: 21 } as const;
const RAW_TRACEPOINT = 17;
const RLIMIT_MEMLOCK = 8;
/** What a program may call depends on what it says of its licence; ours is compatible. */
const licence = 'Dual MIT/GPL';
/** V8 moves small buffers; this size it does not. */
const fixed = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(Math.max(bytes, 128)));

const attributes = (fill: (view: DataView) => void): Uint8Array<ArrayBuffer> => {
  const bytes = fixed(128);
  fill(new DataView(bytes.buffer));
  return bytes;
};

const run = (command: number, attribute: Uint8Array, size: number): number => {
  const number = numbers[process.arch];
  return number === undefined ? -1 : syscall(number, command, attribute, size);
};

const fdOf = (result: number, what: string): number => {
  if (result < 0) throw new Error(`bpf: ${what}: ${errorName(errno())}`);
  return result;
};

export const MAP = { array: 2, queue: 22 } as const;

/** Kernels before 5.11 count maps as locked memory, of which a process may have little. */
export const liftMemoryLimit = (): void => {
  const limit = fixed(16);
  limit.fill(0xff, 0, 16);
  setrlimit(RLIMIT_MEMLOCK, limit);
};

/** Each throws what the kernel refused. */
export const createMap = (type: number, keySize: number, valueSize: number, entries: number): number =>
  fdOf(
    run(
      COMMAND.createMap,
      attributes((view) => {
        for (const [at, value] of [type, keySize, valueSize, entries].entries())
          view.setUint32(at * 4, value, littleEndian);
      }),
      72,
    ),
    'a map',
  );

export const loadProgram = (instructions: Uint8Array<ArrayBuffer>): number => {
  const words = fixed(32);
  words.set(new TextEncoder().encode(licence));
  const code = fixed(instructions.length);
  code.set(instructions);
  return fdOf(
    run(
      COMMAND.loadProgram,
      attributes((view) => {
        view.setUint32(0, RAW_TRACEPOINT, littleEndian);
        view.setUint32(4, instructions.length / 8, littleEndian);
        view.setBigUint64(8, addressOf(code), littleEndian);
        view.setBigUint64(16, addressOf(words), littleEndian);
      }),
      48,
    ),
    'the program',
  );
};

export const attachTracepoint = (program: number, name: string): number => {
  const words = fixed(32);
  words.set(new TextEncoder().encode(name));
  return fdOf(
    run(
      COMMAND.openTracepoint,
      attributes((view) => {
        view.setBigUint64(0, addressOf(words), littleEndian);
        view.setUint32(8, program, littleEndian);
      }),
      16,
    ),
    `the tracepoint ${name}`,
  );
};

/** Calls of one map with a buffer made once: a queue is emptied entry by entry. */
export const openMap = (fd: number, valueSize: number) => {
  const value = fixed(valueSize);
  const key = fixed(8);
  const attribute = attributes((view) => {
    view.setUint32(0, fd, littleEndian);
    view.setBigUint64(16, addressOf(value), littleEndian);
  });
  const keyed = attributes((view) => {
    view.setUint32(0, fd, littleEndian);
    view.setBigUint64(8, addressOf(key), littleEndian);
    view.setBigUint64(16, addressOf(value), littleEndian);
  });
  return {
    value,
    /** What the attributes point to by address alone must not be collected as garbage. */
    pointedTo: [key, value],
    /** The oldest entry of a queue, now in `value`; false when it is empty. */
    takeOut: (): boolean => run(COMMAND.takeOut, attribute, 32) === 0,
    /** The first entry of an array, now in `value`. */
    first: (): boolean => run(COMMAND.lookup, keyed, 32) === 0,
    close: (): void => void close(fd),
  };
};
