/** Numbers and addresses out of captured bytes; beyond their end everything reads as zero, so a cut packet harms nobody. */

export const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

export const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

export const u24 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) << 8) | u8(bytes, at + 2);

export const u32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

const hexPair: readonly string[] = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

export const macAt = (bytes: Uint8Array, at: number): string => {
  let text = hexPair[u8(bytes, at)]!;
  for (let n = 1; n < 6; n++) text += `:${hexPair[u8(bytes, at + n)]!}`;
  return text;
};

/** A host talks to few addresses: making their text once is most of the speed of reading headers. */
const known = new Map<number, string>();
const knownLimit = 50_000;

export const ipv4At = (bytes: Uint8Array, at: number): string => {
  const value = u32(bytes, at);
  const text = known.get(value);
  if (text !== undefined) return text;
  const made = `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  if (known.size >= knownLimit) known.clear();
  known.set(value, made);
  return made;
};

/** Where the longest run of two or more zero groups begins, and how long it is (RFC 5952 §4.2). */
const longestZeros = (groups: readonly number[]): readonly [start: number, length: number] => {
  let best: readonly [number, number] = [-1, 1];
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best[1]) best = [start, length];
    if (length > 0) start += length;
  }
  return best;
};

const hexGroups = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(':');

/** RFC 5952, as `std/ip-address.ts` writes it. */
export const ipv6At = (bytes: Uint8Array, at: number): string => {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((offset) => u16(bytes, at + offset));
  const [start, length] = longestZeros(groups);
  if (start < 0) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
};

/** Bytes as Latin-1 text; control characters and all: callers make it printable. */
export const textAt = (bytes: Uint8Array, from: number, to: number): string => {
  let text = '';
  for (let at = from; at < Math.min(to, bytes.length); at++) text += String.fromCharCode(bytes[at]!);
  return text;
};
