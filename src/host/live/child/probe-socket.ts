/** The one packet of a proof: a socket made inside the source's netns, its port chosen before anything is sent. */
import { bindSocket, close, errno, errorName, recv, send, setsockopt, socket } from '../../netlink/kernel/libc.ts';
import { getsockname, getsockopt, poll } from '../../netlink/kernel/socket-calls.ts';
import { littleEndian } from '../../netlink/wire/attributes.ts';
import type { IcmpError, ProbeEnd, ProbePacket } from '../live-order.ts';
import { echoRequest, isEchoReply } from './echo.ts';
import { readIcmpError } from './icmp-error.ts';
import type { Place } from './place-door.ts';
import { addressFamily, portOf, sockaddr, sockaddrLength } from './socket-address.ts';
import { connectSocket } from './sockets.ts';
import type { ProbeMark } from './trace-table.ts';

const SOCK = { stream: 1, datagram: 2, raw: 3, nonblock: 0o4000, cloexec: 0o2000000 } as const;
const IPPROTO = { ip: 0, icmp: 1, tcp: 6, udp: 17, ipv6: 41, icmpv6: 58 } as const;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const IP_RECVERR = 11;
const IPV6_RECVERR = 25;
const EINPROGRESS = 115;
const POLLIN = 1;
const POLLOUT = 4;
const POLLERR = 8;
const POLLHUP = 16;

const errnoNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  13: 'EACCES',
  22: 'EINVAL',
  90: 'EMSGSIZE',
  92: 'ENOPROTOOPT',
  99: 'EADDRNOTAVAIL',
  101: 'ENETUNREACH',
  104: 'ECONNRESET',
  110: 'ETIMEDOUT',
  111: 'ECONNREFUSED',
  113: 'EHOSTUNREACH',
};
const nameOf = (code: number): string => errnoNames[code] ?? errorName(code);

const int32 = (value: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(72));
  new DataView(bytes.buffer).setInt32(0, value, littleEndian);
  return bytes;
};
const readInt = (bytes: Uint8Array<ArrayBuffer>): number => new DataView(bytes.buffer).getInt32(0, littleEndian);

const ready = (fd: number, events: number): number => {
  const entry = new Uint8Array(new ArrayBuffer(72));
  const view = new DataView(entry.buffer);
  view.setInt32(0, fd, littleEndian);
  view.setInt16(4, events, littleEndian);
  return poll(entry, 1, 0) <= 0 ? 0 : view.getInt16(6, littleEndian);
};

const socketError = (fd: number): number => {
  const value = int32(0);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, value, int32(4)) === 0 ? readInt(value) : errno();
};

export interface ProbeSocket {
  readonly mark: ProbeMark;
  /** Sends; what it answers at once ends the probe. */
  start(): ProbeEnd | undefined;
  /** undefined: still waiting. */
  check(): ProbeEnd | undefined;
  close(): void;
}

const localPort = (fd: number): number => {
  const name = new Uint8Array(new ArrayBuffer(128));
  return getsockname(fd, name, int32(128)) === 0 ? portOf(name) : 0;
};

const make = (packet: ProbePacket): number => {
  const type = packet.proto === 'tcp' ? SOCK.stream : packet.proto === 'udp' ? SOCK.datagram : SOCK.raw;
  const fd = socket(addressFamily(packet.family), type | SOCK.nonblock | SOCK.cloexec, IPPROTO[packet.proto]);
  if (fd < 0) throw new Error(`socket: ${nameOf(errno())}`);
  const address = sockaddr(packet.family, packet.src, 0);
  if (bindSocket(fd, address, sockaddrLength(packet.family)) !== 0) {
    const why = nameOf(errno());
    close(fd);
    throw new Error(`${packet.src ?? 'any address'}: ${why}`);
  }
  // What routers answer becomes the socket's error, as it does for TCP.
  if (packet.family === 4) setsockopt(fd, IPPROTO.ip, IP_RECVERR, int32(1), 4);
  else setsockopt(fd, IPPROTO.ipv6, IPV6_RECVERR, int32(1), 4);
  return fd;
};

const refused = (code: number, icmp?: IcmpError): ProbeEnd => ({
  end: 'refused',
  errno: nameOf(code),
  ...(icmp === undefined ? {} : { icmp }),
});

const checkTcp = (fd: number): ProbeEnd | undefined => {
  const state = ready(fd, POLLOUT);
  if (state === 0) return undefined;
  const error = socketError(fd);
  if (error !== 0) return refused(error, readIcmpError(fd));
  return (state & POLLOUT) !== 0 && (state & POLLHUP) === 0 ? { end: 'connected' } : undefined;
};

const checkDatagram = (fd: number, mine: (bytes: Uint8Array) => boolean): ProbeEnd | undefined => {
  for (;;) {
    const state = ready(fd, POLLIN);
    if (state === 0) return undefined;
    const error = (state & POLLERR) === 0 ? 0 : socketError(fd);
    if (error !== 0) return refused(error, readIcmpError(fd));
    const bytes = new Uint8Array(new ArrayBuffer(2048));
    const length = recv(fd, bytes, bytes.length, 0);
    if (length < 0) return refused(errno());
    if (mine(bytes.subarray(0, length))) return { end: 'answered' };
  }
};

/** A few bytes that say who asks, for whoever finds them in a log. */
const datagram = new TextEncoder().encode('vethscope\n');

/** True when the other side has let go: end of file or a reset. */
export const hasClosed = (fd: number): boolean => {
  if (ready(fd, POLLIN) === 0) return false;
  return recv(fd, new Uint8Array(new ArrayBuffer(2048)), 2048, 2) <= 0; // MSG_PEEK
};

/** Throws what the kernel refused. */
export const openProbe = (place: Place, packet: ProbePacket, id: number): ProbeSocket & { readonly fd: number } =>
  place.inside(() => {
    const fd = make(packet);
    const echo = packet.proto === 'icmp' || packet.proto === 'icmpv6';
    const mark: ProbeMark =
      packet.proto === 'tcp' || packet.proto === 'udp'
        ? { kind: 'port', proto: packet.proto, port: localPort(fd) }
        : { kind: 'echo', proto: packet.proto, id };
    return {
      fd,
      mark,
      start: () =>
        place.inside(() => {
          const to = sockaddr(packet.family, packet.dst, packet.dport ?? 0);
          if (connectSocket(fd, to, sockaddrLength(packet.family)) !== 0 && errno() !== EINPROGRESS)
            return refused(errno());
          if (packet.proto === 'tcp') return undefined;
          const bytes = echo ? echoRequest(packet.family, id) : datagram;
          return send(fd, bytes, bytes.length, 0) < 0 ? refused(errno()) : undefined;
        }),
      check: () =>
        packet.proto === 'tcp'
          ? checkTcp(fd)
          : checkDatagram(fd, (bytes) => !echo || isEchoReply(packet.family, bytes, id)),
      close: () => void close(fd),
    };
  });
