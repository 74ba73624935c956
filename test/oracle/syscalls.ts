/** The few system calls the oracle sends real packets with: sockets live in the netns they were made in, wherever the process is. */
import { openSync } from 'node:fs';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const setns = libc.func('int setns(int fd, int nstype)');
const socketCall = libc.func('int socket(int domain, int type, int protocol)');
const bindCall = libc.func('int bind(int fd, void *address, unsigned int length)');
const connectCall = libc.func('int connect(int fd, void *address, unsigned int length)');
const listenCall = libc.func('int listen(int fd, int backlog)');
const acceptCall = libc.func('int accept4(int fd, void *address, void *length, int flags)');
const sendtoCall = libc.func(
  'long sendto(int fd, void *data, size_t size, int flags, void *address, unsigned int length)',
);
const recvfromCall = libc.func(
  'long recvfrom(int fd, void *data, size_t size, int flags, void *address, void *length)',
);
const setsockoptCall = libc.func('int setsockopt(int fd, int level, int name, void *value, unsigned int length)');
const closeCall = libc.func('int close(int fd)');

const nonblocking = 0o4000;
const closeOnExec = 0o2000000;
const errnoNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(koffi.os.errno).map(([name, number]) => [number, name]),
);

/** A failed call: its errno by name. */
export interface Failed {
  readonly error: string;
}

const failed = (): Failed => ({ error: errnoNames[koffi.errno()] ?? String(koffi.errno()) });

const home = openSync('/proc/thread-self/ns/net', 'r');

/** Runs something short and synchronous in another netns, given the path of its file. */
export const inNetnsFile = <T>(path: string, run: () => T): T => {
  const fd = openSync(path, 'r');
  try {
    if (setns(fd, 0x40000000) !== 0) throw new Error(`setns ${path}: ${failed().error}`);
    return run();
  } finally {
    setns(home, 0x40000000);
    closeCall(fd);
  }
};

export const inNetns = <T>(name: string, run: () => T): T => inNetnsFile(`/run/netns/${name}`, run);

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

const bytesOf = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = address.includes('::') ? [...first, ...Array(8 - first.length - last.length).fill(0), ...last] : first;
  const bytes = Buffer.alloc(16);
  for (const [n, group] of all.entries()) bytes.writeUInt16BE(group, n * 2);
  return bytes;
};

const encode = ({ address, port }: SocketAddress, scope = 0): Buffer => {
  const v6 = address.includes(':');
  const buffer = Buffer.alloc(v6 ? 28 : 16);
  buffer.writeUInt16LE(v6 ? 10 : 2, 0);
  buffer.writeUInt16BE(port, 2);
  bytesOf(address).copy(buffer, v6 ? 8 : 4);
  if (v6) buffer.writeUInt32LE(scope, 24);
  return buffer;
};

const decode = (buffer: Buffer): SocketAddress => {
  const port = buffer.readUInt16BE(2);
  if (buffer.readUInt16LE(0) === 2) return { address: [...buffer.subarray(4, 8)].join('.'), port };
  const groups = Array.from({ length: 8 }, (_, n) => buffer.readUInt16BE(8 + n * 2).toString(16)).join(':');
  const mapped = /^0:0:0:0:0:ffff:/.test(groups);
  return {
    address: mapped ? [...buffer.subarray(20, 24)].join('.') : new URL(`http://[${groups}]/`).hostname.slice(1, -1),
    port,
  };
};

export type SocketKind = 'tcp' | 'udp' | 'ping' | 'raw-icmp';

const types = { tcp: [1, 0], udp: [2, 0], ping: [2, 1], 'raw-icmp': [3, 1] } as const;

/** A socket of the current netns. */
export const openSocket = (kind: SocketKind, family: 4 | 6): number => {
  const [type, protocol] = types[kind];
  const icmp6 = family === 6 && protocol === 1;
  const fd = socketCall(family === 6 ? 10 : 2, type | nonblocking | closeOnExec, icmp6 ? 58 : protocol);
  if (fd < 0) throw new Error(`socket ${kind}: ${failed().error}`);
  return fd;
};

const setOption = (fd: number, level: number, name: number, value: Buffer): void => {
  if (setsockoptCall(fd, level, name, value, value.length) !== 0)
    throw new Error(`setsockopt ${level}/${name}: ${failed().error}`);
};
const int = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0, 0);
  return buffer;
};

export const setMark = (fd: number, mark: number): void => setOption(fd, 1, 36, int(mark));
export const setV6Only = (fd: number, on: boolean): void => setOption(fd, 41, 26, int(on ? 1 : 0));
export const setReuse = (fd: number): void => setOption(fd, 1, 2, int(1));
export const setTos = (fd: number, tos: number): void => setOption(fd, 0, 1, int(tos));
/** ICMP errors are reported by the next call on the socket, also the soft ones. */
export const reportErrors = (fd: number, family: 4 | 6): void =>
  family === 6 ? setOption(fd, 41, 25, int(1)) : setOption(fd, 0, 11, int(1));
/** close() sends a reset: nothing of the connection lingers. */
export const closeHard = (fd: number): void => setOption(fd, 1, 13, Buffer.concat([int(1), int(0)]));
export const bindToLink = (fd: number, ifname: string): void => setOption(fd, 1, 25, Buffer.from(`${ifname}\0`));

export const bind = (fd: number, at: SocketAddress): Failed | undefined => {
  const address = encode(at);
  return bindCall(fd, address, address.length) === 0 ? undefined : failed();
};
export const listen = (fd: number): void => {
  if (listenCall(fd, 128) !== 0) throw new Error(`listen: ${failed().error}`);
};
export const connect = (fd: number, to: SocketAddress): Failed | undefined => {
  const address = encode(to);
  return connectCall(fd, address, address.length) === 0 ? undefined : failed();
};
export const accept = (fd: number): { readonly fd: number; readonly peer: SocketAddress } | Failed => {
  const address = Buffer.alloc(28);
  const accepted = acceptCall(fd, address, int(28), nonblocking | closeOnExec);
  return accepted < 0 ? failed() : { fd: accepted, peer: decode(address) };
};
export const send = (fd: number, data: Buffer, to?: SocketAddress): Failed | undefined => {
  const address = to === undefined ? null : encode(to);
  return sendtoCall(fd, data, data.length, 0x4000, address, address?.length ?? 0) >= 0 ? undefined : failed();
};
export const receive = (fd: number): { readonly data: Buffer; readonly from: SocketAddress | undefined } | Failed => {
  const data = Buffer.alloc(512);
  const address = Buffer.alloc(28);
  const size = Number(recvfromCall(fd, data, data.length, 0, address, int(28)));
  if (size < 0) return failed();
  return { data: data.subarray(0, size), from: address.readUInt16LE(0) === 0 ? undefined : decode(address) };
};
export const close = (fd: number): void => {
  closeCall(fd);
};
