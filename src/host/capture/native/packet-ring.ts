/** A packet socket with a TPACKET_V3 ring on one link: opened in the netns of this thread, read block by block. */
import { addressOf, bindSocket, close, errno, errorName, setsockopt, socket } from '../../netlink/kernel/libc.ts';
import { getsockname, getsockopt } from '../../netlink/kernel/socket-calls.ts';
import { littleEndian } from '../../netlink/wire/attributes.ts';
import type { TapCounts } from '../capture-order.ts';
import { encodeProgram, type Instruction, ops } from './assembler.ts';
import { mapMemory, unmapMemory, viewMemory } from './ring-calls.ts';

export interface RingOrder {
  readonly program: readonly Instruction[];
  readonly promiscuous: boolean;
  readonly bufferBytes: number;
}

export interface PacketRing {
  readonly fd: number;
  readonly blockBytes: number;
  /** Blocks that are full or have waited long enough, in order; each goes back to the kernel when `take` returns. */
  drain(take: (block: DataView<ArrayBuffer>) => void): void;
  /** All since the ring was opened. */
  counts(): TapCounts;
  /** True: the link is gone. One that only went down brings the socket back to life when it comes up again. */
  hasLostLink(): boolean;
  /** Nothing more comes in; what is there can still be drained. */
  shut(): void;
  close(): void;
}

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const PACKET_MR_PROMISC = 1;
const TPACKET_V3 = 2;
const ETH_P_ALL = 3;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** Larger than the longest offloaded packet with its header, and a power of two of pages. */
export const ringBlockBytes = 256 * 1024;
/** tpacket3_hdr's alignment. */
const frameBytes = 2048;
/** A block that is not full is handed over after this. */
export const retireMs = 20;
/** linux/if_packet.h, struct tpacket_hdr_v1: where block_status lies in a block, in 32-bit words. */
const statusWord = 2;

/** Own memory, larger than V8 keeps on its heap: its address does not change. */
const makeMemory = (bytes: number): DataView<ArrayBuffer> => new DataView(new ArrayBuffer(Math.max(bytes, 128)));
const bytesOf = (view: DataView<ArrayBuffer>): Uint8Array<ArrayBuffer> => new Uint8Array(view.buffer);

const words = (...values: readonly number[]): Uint8Array => {
  const view = makeMemory(values.length * 4);
  for (const [n, value] of values.entries()) view.setUint32(n * 4, value, littleEndian);
  return bytesOf(view);
};

const setOption = (fd: number, level: number, name: number, value: Uint8Array, length: number): void => {
  if (setsockopt(fd, level, name, value, length) !== 0) throw new Error(errorName(errno()));
};

const attachFilter = (fd: number, program: readonly Instruction[]): void => {
  const code = encodeProgram(program, littleEndian);
  const fprog = makeMemory(16);
  fprog.setUint16(0, program.length, littleEndian);
  fprog.setBigUint64(8, addressOf(code), littleEndian);
  setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, bytesOf(fprog), 16);
};

const bindTo = (fd: number, ifindex: number, protocol: number): void => {
  const address = makeMemory(20);
  address.setUint16(0, AF_PACKET, littleEndian);
  address.setUint16(2, protocol, false);
  address.setInt32(4, ifindex, littleEndian);
  if (bindSocket(fd, bytesOf(address), 20) !== 0) throw new Error(errorName(errno()));
};

const bePromiscuous = (fd: number, ifindex: number): void => {
  const request = makeMemory(16);
  request.setInt32(0, ifindex, littleEndian);
  request.setUint16(4, PACKET_MR_PROMISC, littleEndian);
  setOption(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, bytesOf(request), 16);
};

const readNumber = (fd: number, level: number, name: number, word: number): number => {
  const value = makeMemory(16);
  if (getsockopt(fd, level, name, bytesOf(value), words(16)) !== 0) return 0;
  return value.getUint32(word * 4, littleEndian);
};

const rejectAll: readonly Instruction[] = [{ code: ops.return, jt: 0, jf: 0, k: 0 }];

export interface PacketSocket {
  /** ARPHRD number of the link. */
  readonly linkKind: number;
  /** Begins; throws the errno's name. */
  open(order: RingOrder): PacketRing;
  /** Only when it was not opened. */
  close(): void;
}

/** Of the link it is bound to. */
const readLinkKind = (fd: number): number => {
  const address = makeMemory(20);
  if (getsockname(fd, bytesOf(address), words(20)) !== 0) throw new Error(errorName(errno()));
  return address.getUint16(8, littleEndian);
};

const startRing = (fd: number, ifindex: number, { program, promiscuous, bufferBytes }: RingOrder): PacketRing => {
  const blocks = Math.max(4, Math.floor(bufferBytes / ringBlockBytes));
  const length = blocks * ringBlockBytes;
  setOption(fd, SOL_PACKET, PACKET_VERSION, words(TPACKET_V3), 4);
  attachFilter(fd, program);
  const frames = length / frameBytes;
  setOption(fd, SOL_PACKET, PACKET_RX_RING, words(ringBlockBytes, blocks, frameBytes, frames, retireMs, 0, 0), 28);
  const memory = mapMemory(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  const buffer = viewMemory(memory, length);
  if (buffer === undefined) throw new Error(errorName(errno()));
  if (promiscuous) bePromiscuous(fd, ifindex);
  bindTo(fd, ifindex, ETH_P_ALL);
  return ringOf(fd, buffer, blocks, () => unmapMemory(memory, length));
};

/** Throws the errno's name. With protocol 0 it hears nothing until `open` binds it again, so nothing gets past the filter. */
export const openPacketSocket = (ifindex: number): PacketSocket => {
  const fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(errorName(errno()));
  try {
    bindTo(fd, ifindex, 0);
    return {
      linkKind: readLinkKind(fd),
      open: (order) => startRing(fd, ifindex, order),
      close: () => void close(fd),
    };
  } catch (error) {
    close(fd);
    throw error;
  }
};

const ringOf = (fd: number, buffer: ArrayBuffer, blocks: number, unmap: () => void): PacketRing => {
  const status = new Int32Array(buffer);
  const views = Array.from({ length: blocks }, (_, n) => new DataView(buffer, n * ringBlockBytes, ringBlockBytes));
  let current = 0;
  let received = 0;
  let dropped = 0;
  return {
    fd,
    blockBytes: ringBlockBytes,
    drain: (take) => {
      for (;;) {
        const word = (current * ringBlockBytes) / 4 + statusWord;
        // Atomics: what the block holds is read after its status, and given back after it was read.
        if ((Atomics.load(status, word) & 1) === 0) return;
        take(views[current]!);
        Atomics.store(status, word, 0);
        current = (current + 1) % blocks;
      }
    },
    counts: () => {
      const value = makeMemory(16);
      // Reading sets the kernel's counters back. tp_packets holds the dropped ones too.
      if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, bytesOf(value), words(12)) === 0) {
        received += value.getUint32(0, littleEndian);
        dropped += value.getUint32(4, littleEndian);
      }
      return { received, dropped };
    },
    hasLostLink: () => {
      readNumber(fd, SOL_SOCKET, SO_ERROR, 0);
      const address = makeMemory(20);
      if (getsockname(fd, bytesOf(address), words(20)) !== 0) return true;
      return address.getInt32(4, littleEndian) <= 0;
    },
    shut: () => attachFilter(fd, rejectAll),
    close: () => {
      unmap();
      close(fd);
    },
  };
};
