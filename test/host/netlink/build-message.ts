/** Netlink messages made by hand, for kinds of links this machine's kernel does not have. */

/** `[type, value]`: bytes as they are, text with its NUL, a nest of attributes, or a number with its width. */
export type Value =
  | Uint8Array
  | string
  | readonly Part[]
  | { readonly u8: number }
  | { readonly u16: number }
  | { readonly u32: number }
  | { readonly be16: number }
  | { readonly be32: number }
  | { readonly u64: number };
export type Part = readonly [type: number, value: Value];

const number = (bytes: number, write: (view: DataView) => void): Uint8Array => {
  const data = new Uint8Array(bytes);
  write(new DataView(data.buffer));
  return data;
};

const payload = (value: Value): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(`${value}\0`);
  if (Array.isArray(value)) return attributes(value as readonly Part[]);
  const one = value as Record<string, number>;
  if ('u8' in one) return number(1, (view) => view.setUint8(0, one['u8'] ?? 0));
  if ('u16' in one) return number(2, (view) => view.setUint16(0, one['u16'] ?? 0, true));
  if ('be16' in one) return number(2, (view) => view.setUint16(0, one['be16'] ?? 0));
  if ('be32' in one) return number(4, (view) => view.setUint32(0, one['be32'] ?? 0));
  if ('u64' in one) return number(8, (view) => view.setBigUint64(0, BigInt(one['u64'] ?? 0), true));
  return number(4, (view) => view.setUint32(0, one['u32'] ?? 0, true));
};

export const attributes = (parts: readonly Part[]): Uint8Array => {
  const pieces = parts.map(([type, value]) => {
    const data = payload(value);
    const piece = new Uint8Array(4 + ((data.length + 3) & ~3));
    const view = new DataView(piece.buffer);
    view.setUint16(0, 4 + data.length, true);
    view.setUint16(2, type, true);
    piece.set(data, 4);
    return piece;
  });
  return joined(pieces);
};

export const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

export const message = (type: number, header: Uint8Array, parts: readonly Part[]): Uint8Array => {
  const body = joined([header, attributes(parts)]);
  const bytes = new Uint8Array(16 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  bytes.set(body, 16);
  return bytes;
};

/** struct ifinfomsg: family, type of link, ifindex, flags. */
export const linkMessage = (
  ifindex: number,
  name: string,
  parts: readonly Part[],
  linkType = 1,
  flags = 0x1003,
): Uint8Array => {
  const header = number(16, (view) => {
    view.setUint16(2, linkType, true);
    view.setInt32(4, ifindex, true);
    view.setUint32(8, flags, true);
  });
  return message(16, header, [[3, name], [4, { u32: 1500 }], ...parts]);
};

/** A link of a kind with data, and what it is as a port. */
export const kindMessage = (kind: string, data: readonly Part[], linkType = 1): Uint8Array =>
  linkMessage(
    9,
    'x0',
    [
      [
        18,
        [
          [1, kind],
          [2, data],
        ],
      ],
    ],
    linkType,
  );
export const portMessage = (kind: string, data: readonly Part[]): Uint8Array =>
  linkMessage(9, 'x0', [
    [
      18,
      [
        [4, kind],
        [5, data],
      ],
    ],
  ]);

export const ip4 = (text: string): Uint8Array => new Uint8Array(text.split('.').map(Number));
export const mac = (text: string): Uint8Array =>
  new Uint8Array(text.split(':').map((part) => Number.parseInt(part, 16)));
/** Sixteen bytes: 2001:db8::N. */
export const ip6 = (last: number): Uint8Array =>
  new Uint8Array([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
