/** The blocks of a pcapng stream as packets and interfaces (draft-ietf-opsawg-pcapng); blocks of other kinds are passed over. */
import type { CapturedPacket } from '../../host/capture/capture-order.ts';
import { blockTypes, optionCodes } from './blocks.ts';
import type { FileInterface, FileParser } from './file-parser.ts';
import { type Block, readBlock } from './read-block.ts';

interface KnownInterface extends FileInterface {
  /** Nanoseconds since 1970 of a stamp as it stands in a packet. */
  readonly stampOf: (units: bigint) => bigint;
}

const billion = 1_000_000_000n;

/** if_tsresol: a power of ten, or of two with the highest bit; microseconds unless told. */
const readResolution = (value: Uint8Array | undefined): bigint => {
  const code = value?.[0] ?? 6;
  return (code & 0x80) === 0 ? 10n ** BigInt(code & 0x7f) : 1n << BigInt(code & 0x7f);
};

const decoder = new TextDecoder();
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : decoder.decode(value).replace(/\0+$/, '');

const readInterface = (block: Block): KnownInterface => {
  const { view, options } = block;
  const perSecond = readResolution(options.get(optionCodes.interfaceResolution));
  const offset = options.get(optionCodes.interfaceOffset);
  const seconds = offset?.length === 8 ? block.viewOf(offset).getBigInt64(0, block.littleEndian) : 0n;
  const filter = options.get(optionCodes.interfaceFilter);
  const words = {
    name: text(options.get(optionCodes.interfaceName)),
    description: text(options.get(optionCodes.interfaceDescription)),
    comment: text(options.get(optionCodes.comment)),
    // A zero in front: words, not byte code.
    filter: filter?.[0] === 0 ? text(filter.subarray(1)) : undefined,
  };
  const known = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
  return {
    linkType: view.getUint16(0, block.littleEndian),
    snapLength: view.getUint32(4, block.littleEndian),
    ...known,
    stampOf: (units) => (units * billion) / perSecond + seconds * billion,
  };
};

/** epb_flags: the two lowest bits. */
const readDirection = (block: Block): CapturedPacket['direction'] => {
  const flags = block.options.get(optionCodes.packetFlags);
  if (flags?.length !== 4) return undefined;
  const low = block.viewOf(flags).getUint32(0, block.littleEndian) & 3;
  return low === 1 ? 'in' : low === 2 ? 'out' : undefined;
};

const readCount = (block: Block, ...codes: readonly number[]): number | undefined => {
  for (const code of codes) {
    const value = block.options.get(code);
    if (value?.length === 8) return Number(block.viewOf(value).getBigUint64(0, block.littleEndian));
  }
  return undefined;
};

/** Where the parts of a packet lie in its block's body. */
const packetShapes = {
  [blockTypes.enhancedPacket]: { stamp: 4, kept: 12, data: 20 },
  [blockTypes.packet]: { stamp: 4, kept: 12, data: 20 },
} as const;

export const createPcapngParser = (): FileParser => {
  let held: Uint8Array = new Uint8Array(0);
  let littleEndian = true;
  let interfaces: readonly KnownInterface[] = [];
  /** Interfaces of earlier sections: each section counts its own from 0. */
  let before = 0;
  let lastStamp = 0n;
  let trouble: string | undefined;

  const readPacket = (block: Block): CapturedPacket | undefined => {
    const { view, body } = block;
    const { stamp, kept: keptAt, data } = packetShapes[blockTypes.enhancedPacket];
    const own = block.type === blockTypes.packet ? view.getUint16(0, littleEndian) : view.getUint32(0, littleEndian);
    const tap = before + own;
    const from = interfaces[tap];
    const kept = view.getUint32(keptAt, littleEndian);
    if (from === undefined || data + kept > body.length) {
      trouble =
        from === undefined ? `a packet of interface ${own}, which it does not have` : 'a packet larger than its block';
      return undefined;
    }
    const units =
      (BigInt(view.getUint32(stamp, littleEndian)) << 32n) | BigInt(view.getUint32(stamp + 4, littleEndian));
    lastStamp = from.stampOf(units);
    const direction = readDirection(block);
    return {
      tap,
      at: lastStamp,
      length: view.getUint32(keptAt + 4, littleEndian),
      bytes: body.subarray(data, data + kept),
      ...(direction === undefined ? {} : { direction }),
    };
  };

  /** Has neither a stamp nor an interface: the first one's, at the time of the packet before. */
  const readSimplePacket = ({ view, body }: Block): CapturedPacket | undefined => {
    const from = interfaces[before];
    if (from === undefined) return undefined;
    const length = view.getUint32(0, littleEndian);
    const most = from.snapLength === 0 ? length : Math.min(length, from.snapLength);
    return { tap: before, at: lastStamp, length, bytes: body.subarray(4, 4 + Math.min(most, body.length - 4)) };
  };

  const readStatistics = (block: Block): void => {
    const tap = before + block.view.getUint32(0, littleEndian);
    const received = readCount(block, optionCodes.statisticsAccepted, optionCodes.statisticsReceived);
    const dropped = readCount(block, optionCodes.statisticsOsDropped, optionCodes.statisticsDropped);
    if (received === undefined && dropped === undefined) return;
    const counts = { received: received ?? 0, dropped: dropped ?? 0 };
    interfaces = interfaces.map((one, n) => (n === tap ? { ...one, counts } : one));
  };

  const readOther = (block: Block): void => {
    if (block.type === blockTypes.section) before = interfaces.length;
    else if (block.type === blockTypes.interface) interfaces = [...interfaces, readInterface(block)];
    else if (block.type === blockTypes.statistics) readStatistics(block);
  };

  const take = (block: Block): CapturedPacket | undefined => {
    switch (block.type) {
      case blockTypes.enhancedPacket:
      case blockTypes.packet:
        return readPacket(block);
      case blockTypes.simplePacket:
        return readSimplePacket(block);
      default:
        readOther(block);
        return undefined;
    }
  };

  return {
    interfaces: () => interfaces,
    broken: () => trouble,
    rest: () => held.length,
    push: (chunk) => {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const packets: CapturedPacket[] = [];
      let at = 0;
      while (trouble === undefined) {
        const block = readBlock(bytes, at, littleEndian);
        if (block === undefined) break;
        if ('error' in block) {
          trouble = block.error;
          break;
        }
        littleEndian = block.littleEndian;
        const packet = take(block);
        if (packet !== undefined) packets.push(packet);
        at += block.length;
      }
      held = bytes.slice(at);
      return packets;
    },
  };
};
