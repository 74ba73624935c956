/** IPv4 and IPv6 addresses and prefixes as numbers that can be compared and masked. */

export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface IpPrefix extends IpAddress {
  readonly length: number;
}

export const addressBits = (family: 4 | 6): 32 | 128 => (family === 4 ? 32 : 128);

const parseIpv4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
};

/** The groups of one side of `::`; a dotted quad counts as two. */
const parseGroups = (text: string): bigint[] | undefined => {
  if (text === '') return [];
  const groups: bigint[] = [];
  for (const part of text.split(':')) {
    if (part.includes('.')) {
      const quad = parseIpv4(part);
      if (quad === undefined) return undefined;
      groups.push(quad >> 16n, quad & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
};

const parseIpv6 = (text: string): bigint | undefined => {
  const sides = text.split('::');
  if (sides.length > 2) return undefined;
  const head = parseGroups(sides[0] ?? '');
  const tail = sides.length === 2 ? parseGroups(sides[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
};

const parsed = new Map<string, IpAddress | undefined>();
const parsedLimit = 50_000;

/** undefined for anything that is not an address in its usual notation; a zone (`%eth0`) is not part of it. */
export const parseAddress = (text: string): IpAddress | undefined => {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? parseIpv6(text) : parseIpv4(text);
  const address = value === undefined ? undefined : ({ family, value } as const);
  if (parsed.size >= parsedLimit) parsed.clear();
  parsed.set(text, address);
  return address;
};

const formatIpv6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, n) => Number((value >> BigInt(112 - 16 * n)) & 0xffffn));
  // RFC 5952: the longest run of two or more zero groups, the first of equals.
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
};

/** Canonical text: dotted quad, or RFC 5952. */
export const formatAddress = ({ family, value }: IpAddress): string =>
  family === 6 ? formatIpv6(value) : [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');

/** `10.0.0.0/8`, or a bare address as a prefix of full length. Host bits are kept out. */
export const parsePrefix = (text: string): IpPrefix | undefined => {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = addressBits(address.family);
  const length = slash < 0 ? bits : Number(text.slice(slash + 1));
  if (!Number.isInteger(length) || length < 0 || length > bits || text.endsWith('/')) return undefined;
  const shift = BigInt(bits - length);
  return { family: address.family, value: (address.value >> shift) << shift, length };
};

export const prefixContains = (prefix: IpPrefix, address: IpAddress): boolean => {
  if (prefix.family !== address.family) return false;
  const shift = BigInt(addressBits(prefix.family) - prefix.length);
  return address.value >> shift === prefix.value >> shift;
};

/** How many leading bits two addresses of one family share. */
export const commonPrefixLength = (a: IpAddress, b: IpAddress): number => {
  const bits = addressBits(a.family);
  const different = a.value ^ b.value;
  return different === 0n ? bits : bits - different.toString(2).length;
};
