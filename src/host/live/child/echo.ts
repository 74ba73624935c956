/** ICMP echo as bytes, and the answer to it. */

const words = 'vethscope probe';
const requestType = { 4: 8, 6: 128 } as const;
const replyType = { 4: 0, 6: 129 } as const;

/** RFC 1071; for ICMPv6 the kernel fills it in. */
const checksum = (bytes: Uint8Array): number => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

export const echoRequest = (family: 4 | 6, id: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(64));
  const view = new DataView(bytes.buffer);
  bytes[0] = requestType[family];
  view.setUint16(4, id, false);
  view.setUint16(6, 1, false);
  bytes.set(new TextEncoder().encode(words), 8);
  if (family === 4) view.setUint16(2, checksum(bytes), false);
  return bytes;
};

/** A raw IPv4 socket gives the IP header too, an IPv6 one does not. */
export const isEchoReply = (family: 4 | 6, bytes: Uint8Array, id: number): boolean => {
  const start = family === 4 ? ((bytes[0] ?? 0) & 0xf) * 4 : 0;
  const found = ((bytes[start + 4] ?? 0) << 8) | (bytes[start + 5] ?? 0);
  return bytes[start] === replyType[family] && found === id;
};
