/** The pcapng file of a capture: one section, an interface for each point, packets in nanoseconds, statistics. */
import type { CapturedPacket, TapCounts } from '../../host/capture/capture-order.ts';
import {
  blockTypes,
  byteOrderMagic,
  countOption,
  encodeBlock,
  type Option,
  optionCodes,
  textOption,
  timeOption,
} from './blocks.ts';

export interface PcapngInterface {
  readonly name: string;
  readonly description: string;
  readonly comment: string;
  readonly linkType: number;
  readonly snapLength: number;
  readonly filter?: string;
}

export interface PcapngSection {
  readonly application: string;
  readonly os?: string;
  readonly comment?: string;
}

export const encodeSection = ({ application, os, comment }: PcapngSection): Uint8Array => {
  const fixed = new Uint8Array(16);
  const view = new DataView(fixed.buffer);
  view.setUint32(0, byteOrderMagic, true);
  view.setUint16(4, 1, true);
  // The length of the section is not known while it is written.
  view.setBigInt64(8, -1n, true);
  return encodeBlock(blockTypes.section, fixed, [
    textOption(optionCodes.sectionApplication, application),
    ...(os === undefined ? [] : [textOption(optionCodes.sectionOs, os)]),
    ...(comment === undefined ? [] : [textOption(optionCodes.comment, comment)]),
  ]);
};

/** Ten to the minus ninth. */
const nanoseconds: Option = { code: optionCodes.interfaceResolution, value: Uint8Array.of(9) };

/** A filter in words: a zero in front says so. */
const filterOption = (filter: string): Option => {
  const { value } = textOption(optionCodes.interfaceFilter, `\0${filter}`);
  return { code: optionCodes.interfaceFilter, value };
};

/** Packets name an interface by its position among all of a file. */
export const encodeInterface = (one: PcapngInterface): Uint8Array => {
  const fixed = new Uint8Array(8);
  const view = new DataView(fixed.buffer);
  view.setUint16(0, one.linkType, true);
  view.setUint32(4, one.snapLength, true);
  return encodeBlock(blockTypes.interface, fixed, [
    textOption(optionCodes.interfaceName, one.name),
    textOption(optionCodes.interfaceDescription, one.description),
    textOption(optionCodes.comment, one.comment),
    nanoseconds,
    ...(one.filter === undefined ? [] : [filterOption(one.filter)]),
  ]);
};

const padded = (length: number): number => (length + 3) & ~3;
const packetFixed = 32;
const flagsOption = 12;

/** epb_flags: the two lowest bits. */
const directions = { in: 1, out: 2 } as const;

/** What one packet takes in the file. */
export const packetBlockBytes = ({ bytes, direction }: CapturedPacket): number =>
  packetFixed + padded(bytes.length) + (direction === undefined ? 0 : flagsOption);

/** Many at once in one piece of memory. */
export const encodePackets = (packets: readonly CapturedPacket[]): Uint8Array => {
  const out = new Uint8Array(packets.reduce((sum, packet) => sum + packetBlockBytes(packet), 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const packet of packets) {
    const { bytes, direction } = packet;
    const length = packetBlockBytes(packet);
    view.setUint32(at, blockTypes.enhancedPacket, true);
    view.setUint32(at + 4, length, true);
    view.setUint32(at + 8, packet.tap, true);
    view.setUint32(at + 12, Number(packet.at >> 32n), true);
    view.setUint32(at + 16, Number(packet.at & 0xffff_ffffn), true);
    view.setUint32(at + 20, bytes.length, true);
    view.setUint32(at + 24, packet.length, true);
    out.set(bytes, at + 28);
    if (direction !== undefined) {
      const option = at + 28 + padded(bytes.length);
      view.setUint16(option, optionCodes.packetFlags, true);
      view.setUint16(option + 2, 4, true);
      view.setUint32(option + 4, directions[direction], true);
    }
    at += length;
    view.setUint32(at - 4, length, true);
  }
  return out;
};

export interface PcapngStatistics {
  /** Position of the interface. */
  readonly point: number;
  readonly at: bigint;
  readonly since: bigint;
  /** Absent: the reader went without telling, so nobody knows. */
  readonly counts?: TapCounts;
  /** Packets of it in this file. */
  readonly delivered: number;
}

/** Drops stand in both places: isb_osdrop is what they are, isb_ifdrop is where dumpcap puts them and where Wireshark looks. */
export const encodeStatistics = ({ point, at, since, counts, delivered }: PcapngStatistics): Uint8Array => {
  const fixed = new Uint8Array(12);
  const view = new DataView(fixed.buffer);
  view.setUint32(0, point, true);
  fixed.set(timeOption(0, at).value, 4);
  return encodeBlock(blockTypes.statistics, fixed, [
    timeOption(optionCodes.statisticsStart, since),
    timeOption(optionCodes.statisticsEnd, at),
    ...(counts === undefined
      ? []
      : [
          countOption(optionCodes.statisticsReceived, counts.received),
          countOption(optionCodes.statisticsDropped, counts.dropped),
          countOption(optionCodes.statisticsAccepted, counts.received),
          countOption(optionCodes.statisticsOsDropped, counts.dropped),
        ]),
    countOption(optionCodes.statisticsDelivered, delivered),
  ]);
};
