/** A classic pcap stream, as tcpdump writes it, cut into packets while it comes in. */
import type { CapturedPacket } from './capture-order.ts';

export interface PcapHeader {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  readonly snapLength: number;
}

export interface PcapParser {
  /** Undefined until the first 24 bytes are there. */
  header(): PcapHeader | undefined;
  /** Whole packets that are complete now. After `broken` everything is ignored. */
  push(chunk: Uint8Array): readonly CapturedPacket[];
  /** Why the stream makes no sense; undefined as long as it does. */
  broken(): string | undefined;
  /** Bytes of a packet that is not complete. */
  rest(): number;
}

const fileHeaderBytes = 24;
const packetHeaderBytes = 16;
/** MAXIMUM_SNAPLEN of libpcap; a longer packet means that the stream is not what we think. */
export const longestPacket = 262_144;

interface Shape {
  readonly littleEndian: boolean;
  /** Nanoseconds that one unit of the second half of a stamp stands for. */
  readonly unit: bigint;
  /** The modified format of old Linux patches (0xa1b2cd34) has eight more bytes in front of each packet. */
  readonly packetHeader: number;
}

const shapes: Readonly<Record<number, Omit<Shape, 'littleEndian'>>> = {
  2712847316: { unit: 1000n, packetHeader: packetHeaderBytes },
  2712812621: { unit: 1n, packetHeader: packetHeaderBytes },
  2712849716: { unit: 1000n, packetHeader: packetHeaderBytes + 8 },
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Undefined: no pcap file begins like this. */
export const pcapShape = (bytes: Uint8Array): Shape | undefined => {
  if (bytes.length < 4) return undefined;
  const view = viewOf(bytes);
  for (const littleEndian of [true, false]) {
    const shape = shapes[view.getUint32(0, littleEndian)];
    if (shape !== undefined) return { ...shape, littleEndian };
  }
  return undefined;
};

/** `tap` is what its packets are said to come from. */
export const createPcapParser = (tap: number): PcapParser => {
  let held: Uint8Array = new Uint8Array(0);
  let shape: Shape | undefined;
  let header: PcapHeader | undefined;
  let trouble: string | undefined;

  const takeHeader = (bytes: Uint8Array): number => {
    shape = pcapShape(bytes);
    if (shape === undefined) {
      trouble = 'no pcap stream';
      return 0;
    }
    const view = viewOf(bytes);
    // The upper half holds other things: the length of a frame check sequence.
    const linkType = view.getUint32(20, shape.littleEndian) & 0xffff;
    header = { linkType, snapLength: view.getUint32(16, shape.littleEndian) };
    return fileHeaderBytes;
  };

  const takePackets = (bytes: Uint8Array, from: number, { littleEndian, unit, packetHeader }: Shape) => {
    const packets: CapturedPacket[] = [];
    const view = viewOf(bytes);
    let at = from;
    while (at + packetHeader <= bytes.length) {
      const kept = view.getUint32(at + 8, littleEndian);
      if (kept > longestPacket) {
        trouble = `a packet of ${kept} bytes`;
        break;
      }
      const begin = at + packetHeader;
      if (begin + kept > bytes.length) break;
      packets.push({
        tap,
        at:
          BigInt(view.getUint32(at, littleEndian)) * 1_000_000_000n +
          BigInt(view.getUint32(at + 4, littleEndian)) * unit,
        length: view.getUint32(at + 12, littleEndian),
        bytes: bytes.subarray(begin, begin + kept),
      });
      at = begin + kept;
    }
    return { packets, at };
  };

  return {
    header: () => header,
    broken: () => trouble,
    rest: () => held.length,
    push: (chunk) => {
      if (trouble !== undefined) return [];
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      let at = 0;
      if (shape === undefined) {
        if (bytes.length < fileHeaderBytes) {
          held = bytes;
          return [];
        }
        at = takeHeader(bytes);
      }
      if (shape === undefined) return [];
      const taken = takePackets(bytes, at, shape);
      // A copy: what is left of a chunk must not keep the whole of it.
      held = bytes.slice(taken.at);
      return taken.packets;
    },
  };
};
