/** Blocks of a pcapng file as bytes: sections, interfaces, packets, statistics (draft-ietf-opsawg-pcapng). */

export const blockTypes = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete; old files have it. */
  packet: 2,
  simplePacket: 3,
  statistics: 5,
  enhancedPacket: 6,
} as const;

export const byteOrderMagic = 0x1a2b3c4d;

/** Options by the name the draft gives them; each block has its own numbers from 2 on. */
export const optionCodes = {
  comment: 1,
  sectionOs: 3,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceFilter: 11,
  interfaceResolution: 9,
  interfaceOffset: 14,
  packetFlags: 2,
  statisticsStart: 2,
  statisticsEnd: 3,
  statisticsReceived: 4,
  statisticsDropped: 5,
  statisticsAccepted: 6,
  statisticsOsDropped: 7,
  statisticsDelivered: 8,
} as const;

export interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

const padded = (length: number): number => (length + 3) & ~3;
const encoder = new TextEncoder();
/** An option's length has 16 bits. */
const longestOption = 0xffff;

export const textOption = (code: number, text: string): Option => ({
  code,
  value: encoder.encode(text).subarray(0, longestOption),
});

export const countOption = (code: number, count: number): Option => {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, BigInt(count), true);
  return { code, value };
};

/** Seconds and below as the packets count them, the upper half first. */
export const timeOption = (code: number, at: bigint): Option => {
  const value = new Uint8Array(8);
  const view = new DataView(value.buffer);
  view.setUint32(0, Number(at >> 32n), true);
  view.setUint32(4, Number(at & 0xffff_ffffn), true);
  return { code, value };
};

const optionBytes = (options: readonly Option[]): number =>
  options.length === 0 ? 0 : options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);

/** A whole block, little-endian; `fixed` is its body up to the options and a multiple of four long. */
export const encodeBlock = (type: number, fixed: Uint8Array, options: readonly Option[]): Uint8Array => {
  const length = 12 + fixed.length + optionBytes(options);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(fixed, 8);
  let at = 8 + fixed.length;
  for (const { code, value } of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
};
