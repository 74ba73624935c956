/** How a kind's attributes become JSON: a list of fields, each with ip's name, the attribute's number and how to write it. */

import { addressText, hexText, ipv4Text, ipv6Text, macText } from '../../wire/address-text.ts';
import {
  type Attributes,
  eachNested,
  hasAttribute,
  readBe16,
  readBe32,
  readBytes,
  readText,
  readU8,
  readU16,
  readU32,
  readU64,
} from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import { etherTypeName, nameOf } from '../names.ts';

/** A value as `ip -j -d` writes it; undefined leaves the key out. */
export type FieldFormat = (attributes: Attributes, type: number, context: LinkContext) => unknown;
export type Field = readonly [name: string, type: number, format: FieldFormat];

export const decodeFields = (
  fields: readonly Field[],
  attributes: Attributes,
  context: LinkContext,
  /** Where to write; a new object unless given. */
  data: Record<string, unknown> = {},
): Record<string, unknown> => {
  for (const [name, type, format] of fields) {
    if (!hasAttribute(attributes, type)) continue;
    const value = format(attributes, type, context);
    if (value !== undefined) data[name] = value;
  }
  return data;
};

export const u8: FieldFormat = readU8;
export const u16: FieldFormat = readU16;
export const u32: FieldFormat = readU32;
export const u64: FieldFormat = readU64;
export const port: FieldFormat = readBe16;
export const text: FieldFormat = readText;

const unlessZero = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);
export const u32UnlessZero: FieldFormat = (a, type) => unlessZero(readU32(a, type));

export const bool: FieldFormat = (a, type) => {
  const value = readU8(a, type);
  return value === undefined ? undefined : value !== 0;
};
/** Written only when it is so. */
export const trueOnly: FieldFormat = (a, type) => (readU8(a, type) ? true : undefined);
/** An attribute without payload: being there says it. */
export const flag: FieldFormat = () => true;

/** USER_HZ ticks as seconds: bridge timers are jiffies converted by the kernel (jiffies_to_clock_t). */
export const timer: FieldFormat = (a, type) => {
  const ticks = readU64(a, type);
  return ticks === undefined ? undefined : ticks / 100;
};

const hexUnlessZero = (value: number | undefined): string | undefined => (value ? hexText(value) : undefined);
export const hexU8: FieldFormat = (a, type) => hexUnlessZero(readU8(a, type));
export const hexU32: FieldFormat = (a, type) => hexUnlessZero(readU32(a, type));
export const hexBe32: FieldFormat = (a, type) => hexUnlessZero(readBe32(a, type));
export const hexAlways16: FieldFormat = (a, type) => {
  const value = readU16(a, type);
  return value === undefined ? undefined : hexText(value);
};
export const hexAlways32: FieldFormat = (a, type) => {
  const value = readU32(a, type);
  return value === undefined ? undefined : hexText(value);
};

/** A link of the same netns by its ifindex; 0 means none. */
export const linkNamed: FieldFormat = (a, type, context) => {
  const ifindex = readU32(a, type);
  return ifindex ? (context.nameOf(ifindex) ?? `if${ifindex}`) : undefined;
};

export const mac: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  return bytes === undefined ? undefined : macText(bytes);
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** An address, unless it is all zero. */
export const address: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  return bytes === undefined || isZero(bytes) ? undefined : addressText(bytes);
};
/** A tunnel's end: `any` when it is all zero. */
export const endpoint: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  if (bytes === undefined) return undefined;
  return isZero(bytes) ? 'any' : addressText(bytes);
};
/** ip prints tunnel keys as dotted quads. */
export const dotted: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  return bytes === undefined || bytes.length < 4 ? undefined : ipv4Text(bytes);
};
/** Nested list of addresses (bond ARP and NS targets). */
export const addresses =
  (length: 4 | 16): FieldFormat =>
  (a, type) => {
    const found: string[] = [];
    eachNested(a, type, (_, offset, size) => {
      if (size < length) return;
      const bytes = new Uint8Array(a.view.buffer, a.view.byteOffset + offset, length);
      found.push(length === 4 ? ipv4Text(bytes) : ipv6Text(bytes));
    });
    return found.length > 0 ? found : undefined;
  };

export const etherType: FieldFormat = (a, type) => {
  const value = readBe16(a, type);
  return value === undefined ? undefined : etherTypeName(value);
};

export const tableName: FieldFormat = (a, type) => readU32(a, type);
export const userName: FieldFormat = (a, type, context) => {
  const uid = readU32(a, type);
  return uid === undefined ? undefined : nameOf(context.names.users, uid);
};
export const groupName: FieldFormat = (a, type, context) => {
  const gid = readU32(a, type);
  return gid === undefined ? undefined : nameOf(context.names.userGroups, gid);
};

/** A number that stands for a word; one beyond the list is shown as the number. */
export const oneOf =
  (
    read: (attributes: Attributes, type: number) => number | undefined,
    words: Readonly<Record<number, string>>,
  ): FieldFormat =>
  (a, type) => {
    const value = read(a, type);
    return value === undefined ? undefined : (words[value] ?? String(value));
  };

/** `8000.02:42:ac:11:00:01`: priority, dot, MAC (ip 6.1 drops leading zeros; the kernel's sysfs does not). */
export const bridgeId: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  if (bytes === undefined || bytes.length < 8) return undefined;
  return `${macText(bytes.subarray(0, 2)).replace(':', '')}.${macText(bytes.subarray(2, 8))}`;
};
