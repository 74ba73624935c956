/** The ICMP error behind a socket's errno: struct sock_extended_err and its sender, from the error queue (ip(7), IP_RECVERR). */
import { addressOf, recvmsg } from '../../netlink/kernel/libc.ts';
import { addressText } from '../../netlink/wire/address-text.ts';
import { littleEndian } from '../../netlink/wire/attributes.ts';
import type { IcmpError } from '../live-order.ts';

const MSG_ERRQUEUE = 0x2000;
const SO_EE_ORIGIN_ICMP = 2;
const SO_EE_ORIGIN_ICMP6 = 3;
const CONTROL = 512;
/** Of struct cmsghdr on 64-bit kernels. */
const header = 16;
/** Of struct sock_extended_err; the offender's address follows. */
const extended = 16;

/** struct msghdr: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40. */
export const readIcmpError = (fd: number): IcmpError | undefined => {
  const data = new Uint8Array(new ArrayBuffer(2048));
  const control = new Uint8Array(new ArrayBuffer(CONTROL));
  const vector = new Uint8Array(new ArrayBuffer(128));
  const message = new Uint8Array(new ArrayBuffer(128));
  const vectorView = new DataView(vector.buffer);
  const messageView = new DataView(message.buffer);
  vectorView.setBigUint64(0, addressOf(data), littleEndian);
  vectorView.setBigUint64(8, BigInt(data.length), littleEndian);
  messageView.setBigUint64(16, addressOf(vector), littleEndian);
  messageView.setBigUint64(24, 1n, littleEndian);
  messageView.setBigUint64(32, addressOf(control), littleEndian);
  messageView.setBigUint64(40, BigInt(CONTROL), littleEndian);
  if (recvmsg(fd, message, MSG_ERRQUEUE) < 0) return undefined;
  return parseControl(control.subarray(0, Number(messageView.getBigUint64(40, littleEndian))));
};

/** First control message that holds an ICMP error. */
export const parseControl = (control: Uint8Array): IcmpError | undefined => {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  for (let at = 0; at + header + extended <= control.length; ) {
    const length = Number(view.getBigUint64(at, littleEndian));
    if (length < header || at + length > control.length) return undefined;
    const origin = view.getUint8(at + header + 4);
    if (length >= header + extended + 16 && (origin === SO_EE_ORIGIN_ICMP || origin === SO_EE_ORIGIN_ICMP6)) {
      const family = view.getUint16(at + header + extended, littleEndian);
      const address = at + header + extended + (family === 2 ? 4 : 8);
      return {
        type: view.getUint8(at + header + 5),
        code: view.getUint8(at + header + 6),
        from: addressText(control.subarray(address, address + (family === 2 ? 4 : 16)), family),
      };
    }
    at += (length + 7) & ~7;
  }
  return undefined;
};
