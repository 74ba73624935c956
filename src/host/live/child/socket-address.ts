/** struct sockaddr_in and sockaddr_in6, written and read. */
import { parseAddress } from '../../../std/ip-address.ts';
import { littleEndian } from '../../netlink/wire/attributes.ts';

const AF_INET = 2;
const AF_INET6 = 10;

export const addressFamily = (family: 4 | 6): number => (family === 4 ? AF_INET : AF_INET6);

export const sockaddrLength = (family: 4 | 6): number => (family === 4 ? 16 : 28);

const bytesOf = (text: string): readonly number[] => {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  const length = parsed.family === 4 ? 4 : 16;
  return Array.from({ length }, (_, n) => Number((parsed.value >> BigInt(8 * (length - 1 - n))) & 0xffn));
};

/** Absent address: any. */
export const sockaddr = (family: 4 | 6, address: string | undefined, port: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(72));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, addressFamily(family), littleEndian);
  view.setUint16(2, port, false);
  if (address !== undefined) bytes.set(bytesOf(address), family === 4 ? 4 : 8);
  return bytes;
};

/** Both have the port at the same place. */
export const portOf = (bytes: Uint8Array): number => ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
