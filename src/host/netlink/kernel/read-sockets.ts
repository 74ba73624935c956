/** The sockets that wait for packets in the netns this thread is in: by sock_diag where it is loaded, else from /proc/net. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { addressText } from '../wire/address-text.ts';
import { littleEndian, readAttributes, readU8 } from '../wire/attributes.ts';
import { eachMessage, HEADER, NLM_F } from '../wire/messages.ts';
import type { Arena } from './arena.ts';
import type { Presence } from './modules.ts';
import { ask, closeNetlink, NETLINK, openNetlink } from './netlink-socket.ts';
import { type OpenSocket, readProcSockets, readSctpSockets } from './proc-sockets.ts';
import { type Request, request } from './requests.ts';

const SOCK_DIAG_BY_FAMILY = 20;
const REQUEST_BODY = 56;
const REPLY_BODY = 72;
const INET_DIAG_SKV6ONLY = 11;
/** A listening TCP socket is in state 10, an unconnected UDP socket in state 7 (TCP_LISTEN, TCP_CLOSE). */
const kinds = [
  { proto: 'tcp', number: 6, states: 1 << 10, module: 'tcp_diag' },
  { proto: 'udp', number: 17, states: 1 << 7, module: 'udp_diag' },
] as const;
const familyNumbers = { inet: 2, inet6: 10 } as const;

/** struct inet_diag_req_v2. */
const diagRequest = (family: number, protocol: number, states: number): Request => {
  const sockets = request(SOCK_DIAG_BY_FAMILY, NLM_F.DUMP, family, REQUEST_BODY);
  sockets.view.setUint8(HEADER + 1, protocol);
  sockets.view.setUint32(HEADER + 4, states, littleEndian);
  return sockets;
};

/** struct inet_diag_msg: sport at 4, source at 8, ifindex at 40, inode at 68. */
const decodeSockets = (
  arena: Arena,
  start: number,
  end: number,
  proto: 'tcp' | 'udp',
  family: 'inet' | 'inet6',
): OpenSocket[] => {
  const sockets: OpenSocket[] = [];
  const { view } = arena;
  eachMessage(view, start, end, (message) => {
    if (message.type !== SOCK_DIAG_BY_FAMILY || message.end - message.body < REPLY_BODY) return;
    const at = message.body;
    const port = view.getUint16(at + 4, false);
    if (port === 0) return;
    const number = familyNumbers[family];
    const address = new Uint8Array(view.buffer, view.byteOffset + at + 8, number === 2 ? 4 : 16);
    const ifindex = view.getUint32(at + 40, littleEndian);
    const only = readU8(readAttributes(view, at + REPLY_BODY, message.end), INET_DIAG_SKV6ONLY);
    sockets.push({
      proto,
      family,
      local: addressText(address, number),
      port,
      inode: view.getUint32(at + 68, littleEndian),
      ...(ifindex === 0 ? {} : { ifindex }),
      ...(only === undefined ? {} : { v6only: only !== 0 }),
    });
  });
  return sockets;
};

const readDiag = (arena: Arena): readonly OpenSocket[] | undefined => {
  const fd = openNetlink(NETLINK.SOCK_DIAG);
  if (fd < 0) return undefined;
  const start = arena.length;
  try {
    const sockets: OpenSocket[] = [];
    for (const { proto, number, states } of kinds) {
      for (const family of ['inet', 'inet6'] as const) {
        const answer = ask(fd, diagRequest(familyNumbers[family], number, states), arena);
        if (answer.error !== 0) return undefined;
        sockets.push(...decodeSockets(arena, answer.start, answer.end, proto, family));
      }
    }
    return sockets;
  } finally {
    closeNetlink(fd);
    arena.length = start;
  }
};

export const readOpenSockets = (
  presence: (module: string) => Presence,
  arena: Arena,
  netns: NetnsId,
  gaps: Gap[],
): readonly OpenSocket[] => {
  const loaded = ['inet_diag', ...kinds.map((kind) => kind.module)].every((module) => presence(module) === 'loaded');
  const asked = loaded ? readDiag(arena) : undefined;
  if (asked !== undefined) return [...asked, ...readSctpSockets('/proc/thread-self/net')];
  gaps.push({
    source: 'sock_diag',
    netns,
    reason: 'missing',
    detail:
      'listening sockets come from /proc/net: which link they are bound to and whether they take IPv4 too is not known',
    howToSee: 'run `ss -ltu` once, which loads tcp_diag and udp_diag',
  });
  return readProcSockets('/proc/thread-self/net');
};
