/** One block of a pcapng stream: its bounds checked, its options found. */
import { blockTypes, byteOrderMagic } from './blocks.ts';

export interface Block {
  readonly type: number;
  /** Of the whole block, its lengths and padding included. */
  readonly length: number;
  readonly littleEndian: boolean;
  readonly body: Uint8Array;
  readonly view: DataView;
  /** The first of each code. */
  readonly options: ReadonlyMap<number, Uint8Array>;
  viewOf(value: Uint8Array): DataView;
}

const frameBytes = 12;
/** Beyond this it is no block but nonsense: the longest packet with every option. */
const longestBlock = 16 * 1024 * 1024;

/** Bytes of the body before the options; blocks not named here have none that matter. */
const fixedBytes: Readonly<Record<number, number>> = {
  [blockTypes.section]: 16,
  [blockTypes.interface]: 8,
  [blockTypes.statistics]: 12,
  [blockTypes.enhancedPacket]: 20,
  [blockTypes.packet]: 20,
  [blockTypes.simplePacket]: 4,
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A section header tells the byte order by its magic; undefined when it is none. */
const orderOf = (view: DataView, at: number): boolean | undefined => {
  if (view.getUint32(at + 8, true) === byteOrderMagic) return true;
  return view.getUint32(at + 8, false) === byteOrderMagic ? false : undefined;
};

const padded = (length: number): number => (length + 3) & ~3;

/** Packets' data comes before their options, so those begin where it ends. */
const optionsAt = (type: number, body: Uint8Array, littleEndian: boolean): number => {
  const fixed = fixedBytes[type] ?? body.length;
  if (type === blockTypes.enhancedPacket || type === blockTypes.packet)
    return fixed + padded(viewOf(body).getUint32(12, littleEndian));
  return type === blockTypes.simplePacket ? body.length : fixed;
};

const readOptions = (body: Uint8Array, from: number, littleEndian: boolean): ReadonlyMap<number, Uint8Array> => {
  const options = new Map<number, Uint8Array>();
  const view = viewOf(body);
  let at = from;
  while (at + 4 <= body.length) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === 0 || at + 4 + length > body.length) break;
    if (!options.has(code)) options.set(code, body.subarray(at + 4, at + 4 + length));
    at += 4 + padded(length);
  }
  return options;
};

/** Undefined: not all of it is there yet. `littleEndian`: of the section so far. */
export const readBlock = (
  bytes: Uint8Array,
  at: number,
  littleEndian: boolean,
): Block | { readonly error: string } | undefined => {
  if (at + frameBytes > bytes.length) return undefined;
  const view = viewOf(bytes);
  const isSection = view.getUint32(at, true) === blockTypes.section;
  const order = isSection ? orderOf(view, at) : littleEndian;
  if (order === undefined) return { error: 'a section without a byte order' };
  const type = view.getUint32(at, order);
  const length = view.getUint32(at + 4, order);
  if (length < frameBytes + (fixedBytes[type] ?? 0) || length % 4 !== 0 || length > longestBlock)
    return { error: `a block of ${length} bytes` };
  if (at + length > bytes.length) return undefined;
  if (view.getUint32(at + length - 4, order) !== length) return { error: 'a block whose two lengths differ' };
  const body = bytes.subarray(at + 8, at + length - 4);
  return {
    type,
    length,
    littleEndian: order,
    body,
    view: viewOf(body),
    options: readOptions(body, optionsAt(type, body, order), order),
    viewOf,
  };
};
