/** Addresses as glibc's inet_ntop and iproute2's ll_addr_n2a write them. */

const hexByte: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

export const ipv4Text = (bytes: Uint8Array): string => `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;

/** First longest run of two or more zero groups, as RFC 5952 asks and glibc does. */
const longestZeros = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
    i += length;
  }
  return best;
};

export const ipv6Text = (bytes: Uint8Array): string => {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  const zeros = longestZeros(groups);
  // inet_ntop writes v4-mapped and v4-compatible addresses with a dotted tail.
  const mapped = zeros.start === 0 && zeros.length === 5 && groups[5] === 0xffff;
  const compatible = zeros.start === 0 && zeros.length === 6;
  if (mapped || compatible) return `${mapped ? '::ffff:' : '::'}${ipv4Text(bytes.subarray(12))}`;
  const hex = groups.map((group) => group.toString(16));
  if (zeros.start < 0) return hex.join(':');
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`;
};

/** Bytes joined by colons; any length (InfiniBand has 20). */
export const macText = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += i === 0 ? hexByte[bytes[i] ?? 0] : `:${hexByte[bytes[i] ?? 0]}`;
  return text;
};

/** An address by its family (2 = AF_INET, 10 = AF_INET6, 7 = AF_BRIDGE: a MAC) or, failing that, its length. */
export const addressText = (bytes: Uint8Array, family?: number): string => {
  if (family === 2 && bytes.length >= 4) return ipv4Text(bytes);
  if (family === 10 && bytes.length >= 16) return ipv6Text(bytes);
  if (family === undefined && bytes.length === 4) return ipv4Text(bytes);
  if (family === undefined && bytes.length === 16) return ipv6Text(bytes);
  return macText(bytes);
};

/** `0x1f`, but `0` for nothing: what C's %#x prints. */
export const hexText = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);
