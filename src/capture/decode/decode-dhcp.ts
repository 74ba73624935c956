/** DHCP for IPv4 (RFC 2131) as far as it explains who got which address. */
import { printable } from '../../std/printable.ts';
import { ipv4At, macAt, textAt, u8, u32 } from './bytes.ts';
import type { Draft } from './draft.ts';
import type { DhcpLayer } from './layers.ts';

const messages = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;

const cookie = 0x63825363;

const readOptions = (bytes: Uint8Array, from: number, end: number): ReadonlyMap<number, readonly [number, number]> => {
  const options = new Map<number, readonly [at: number, size: number]>();
  for (let at = from; at < end; ) {
    const code = u8(bytes, at);
    if (code === 255) break;
    if (code === 0) {
      at += 1;
      continue;
    }
    const size = u8(bytes, at + 1);
    if (at + 2 + size > end) break;
    if (!options.has(code)) options.set(code, [at + 2, size]);
    at += 2 + size;
  }
  return options;
};

type Fields = Partial<Pick<DhcpLayer, 'requestedIp' | 'serverId' | 'router' | 'hostname'>>;

const optionFields = (bytes: Uint8Array, options: ReturnType<typeof readOptions>): Fields => {
  const address = (code: number): string | undefined => {
    const found = options.get(code);
    return found !== undefined && found[1] >= 4 ? ipv4At(bytes, found[0]) : undefined;
  };
  const requestedIp = address(50);
  const serverId = address(54);
  const router = address(3);
  const name = options.get(12);
  return {
    ...(requestedIp !== undefined && { requestedIp }),
    ...(serverId !== undefined && { serverId }),
    ...(router !== undefined && { router }),
    ...(name !== undefined && { hostname: printable(textAt(bytes, name[0], name[0] + name[1])) }),
  };
};

/** False: no BOOTP message, nothing was added. */
export const decodeDhcp = (draft: Draft, at: number, wireEnd: number): boolean => {
  const { bytes, layers } = draft;
  const end = Math.min(wireEnd, bytes.length);
  if (at + 240 > end) {
    if (end < wireEnd) draft.cut ??= 'DHCP message not captured whole';
    return false;
  }
  if (u32(bytes, at + 236) !== cookie) return false;
  const options = readOptions(bytes, at + 240, end);
  const type = options.get(53);
  const plain = u8(bytes, at) === 1 ? 'BOOTP request' : 'BOOTP reply';
  const yours = ipv4At(bytes, at + 16);
  layers.push({
    kind: 'dhcp',
    message: type === undefined ? plain : (messages[u8(bytes, type[0]) - 1] ?? `message ${u8(bytes, type[0])}`),
    transaction: u32(bytes, at + 4),
    clientMac: macAt(bytes, at + 28),
    ...(yours !== '0.0.0.0' && { yourIp: yours }),
    ...optionFields(bytes, options),
    offset: at,
    size: end - at,
  });
  return true;
};
