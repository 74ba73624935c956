/** Sockets that hear what changes in every netns the host has an nsid for; read without blocking, each packet with its nsid. */
import { littleEndian } from '../wire/attributes.ts';
import { addressOf, bindSocket, close, errno, fcntl, recvmsg, setsockopt, socket } from './libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_LISTEN_ALL_NSID = 8;
const F_SETFL = 4;
const F_SETOWN = 8;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;
const EAGAIN = 11;
const EINTR = 4;
const ENOBUFS = 105;

/** Room for a storm of some 2,000 link changes: measured without loss (each brings about twelve events). */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** RTNLGRP_*: link, neighbour, addresses, routes, rules, netconf, nsid, next hops, bridge VLANs. */
export const ROUTE_GROUPS: readonly number[] = [1, 3, 5, 7, 8, 9, 11, 19, 24, 25, 28, 32, 33];
/** NFNLGRP_NFTABLES. */
export const NFTABLES_GROUPS: readonly number[] = [7];

const int32 = (value: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(64));
  new DataView(bytes.buffer).setInt32(0, value, littleEndian);
  return bytes;
};

export interface EventSocket {
  readonly fd: number;
  /** False: LISTEN_ALL_NSID was refused, only the host netns itself is heard. */
  readonly everywhere: boolean;
}

/** In the netns this thread is in. A negative errno when the kernel refuses. */
export const openEventSocket = (protocol: number, groups: readonly number[]): EventSocket | number => {
  const fd = socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
  if (fd < 0) return -errno();
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, int32(BUFFER_BYTES), 4) !== 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, int32(BUFFER_BYTES), 4);
  const everywhere = setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, int32(1), 4) === 0;
  const address = new Uint8Array(new ArrayBuffer(72));
  new DataView(address.buffer).setUint16(0, AF_NETLINK, littleEndian);
  if (bindSocket(fd, address, 12) !== 0) {
    const error = errno();
    close(fd);
    return -error;
  }
  for (const group of groups) setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int32(group), 4);
  return { fd, everywhere };
};

/** From now on the process gets SIGIO when something arrives. Its default action ends the process: a handler must be there before. */
export const signalOnArrival = (fd: number, pid: number): boolean =>
  fcntl(fd, F_SETOWN, pid) === 0 && fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC) === 0;

export type Received =
  | { readonly kind: 'packet'; readonly length: number; readonly nsid: number | undefined }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly error: number };

export interface PacketReader {
  readonly view: DataView;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the message header points to by address alone: collected as garbage, recvmsg would write through a freed iovec. */
  readonly pointedTo: readonly Uint8Array[];
  receive(fd: number): Received;
}

const PACKET = 64 * 1024;
const CONTROL = 256;

/** struct msghdr and struct iovec of a 64-bit kernel, filled once: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48. */
export const newPacketReader = (): PacketReader => {
  const bytes = new Uint8Array(new ArrayBuffer(PACKET));
  const control = new Uint8Array(new ArrayBuffer(CONTROL));
  const vector = new Uint8Array(new ArrayBuffer(128));
  const header = new Uint8Array(new ArrayBuffer(128));
  const view = new DataView(bytes.buffer);
  const vectorView = new DataView(vector.buffer);
  const headerView = new DataView(header.buffer);
  const controlView = new DataView(control.buffer);
  vectorView.setBigUint64(0, addressOf(bytes), littleEndian);
  vectorView.setBigUint64(8, BigInt(PACKET), littleEndian);
  headerView.setBigUint64(16, addressOf(vector), littleEndian);
  headerView.setBigUint64(24, 1n, littleEndian);
  headerView.setBigUint64(32, addressOf(control), littleEndian);

  /** struct cmsghdr: length 8 bytes, level, type, then an int. */
  const nsidOfPacket = (): number | undefined => {
    const end = Number(headerView.getBigUint64(40, littleEndian));
    for (let at = 0; at + 20 <= end; ) {
      const length = Number(controlView.getBigUint64(at, littleEndian));
      if (length < 16) return undefined;
      const ours =
        controlView.getInt32(at + 8, littleEndian) === SOL_NETLINK &&
        controlView.getInt32(at + 12, littleEndian) === NETLINK_LISTEN_ALL_NSID;
      if (ours) return controlView.getInt32(at + 16, littleEndian);
      at += (length + 7) & ~7;
    }
    return undefined;
  };

  return {
    view,
    bytes,
    pointedTo: [vector, control],
    receive: (fd) => {
      for (;;) {
        headerView.setBigUint64(40, BigInt(CONTROL), littleEndian);
        const length = recvmsg(fd, header, 0);
        if (length > 0) return { kind: 'packet', length, nsid: nsidOfPacket() };
        const error = length === 0 ? EAGAIN : errno();
        if (error === EINTR) continue;
        if (error === EAGAIN) return { kind: 'nothing' };
        return error === ENOBUFS ? { kind: 'lost' } : { kind: 'failed', error };
      }
    },
  };
};
