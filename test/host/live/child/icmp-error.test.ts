import { expect, test } from 'vitest';
import { parseControl } from '../../../../src/host/live/child/icmp-error.ts';

/** struct cmsghdr, struct sock_extended_err, struct sockaddr_in, little endian. */
const control = (origin: number, type: number, code: number): Uint8Array => {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 48n, true);
  view.setUint32(16, 113, true);
  bytes.set([origin, type, code], 20);
  view.setUint16(32, 2, true);
  bytes.set([10, 91, 1, 1], 36);
  return bytes.subarray(0, 48);
};

test('the router that refused is named, with what it said', () => {
  expect(parseControl(control(2, 3, 13))).toEqual({ type: 3, code: 13, from: '10.91.1.1' });
});

test('an error of this machine itself has no sender', () => {
  expect(parseControl(control(1, 0, 0))).toBeUndefined();
  expect(parseControl(new Uint8Array(8))).toBeUndefined();
});
