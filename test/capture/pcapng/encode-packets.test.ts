import { expect, test } from 'vitest';
import {
  encodeInterface,
  encodePackets,
  encodeSection,
  encodeStatistics,
  packetBlockBytes,
} from '../../../src/capture/pcapng/encode-packets.ts';
import type { CapturedPacket } from '../../../src/host/capture/capture-order.ts';
import { parseCapture } from '../../support/read-capture.ts';

const at = 1_795_253_045_989_528_451n;
const packets: readonly CapturedPacket[] = [
  { tap: 0, at, length: 60, bytes: Uint8Array.of(1, 2, 3) },
  { tap: 1, at: at + 1n, length: 4, bytes: Uint8Array.of(4, 5, 6, 7), direction: 'in' },
  { tap: 0, at: at + 2n, length: 0, bytes: new Uint8Array(0), direction: 'out' },
];
const points = [
  {
    name: 'web/eth0',
    description: 'eth0 of web',
    comment: 'netns web, network bridge',
    linkType: 1,
    snapLength: 96,
    filter: 'icmp',
  },
  { name: 'tun0 ☃', description: 'a tunnel', comment: 'netns host', linkType: 101, snapLength: 262_144 },
];

const whole = (): Uint8Array =>
  Buffer.concat([
    encodeSection({ application: 'vethscope', os: 'Linux', comment: 'why' }),
    ...points.map(encodeInterface),
    encodePackets(packets),
    encodeStatistics({ point: 0, at, since: at, counts: { received: 7, dropped: 5 }, delivered: 2 }),
    encodeStatistics({ point: 1, at, since: at, delivered: 1 }),
  ]);

test('what is written is what is read', () => {
  const read = parseCapture(whole());
  expect(read.packets.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }))).toEqual(packets);
  expect(read.interfaces).toMatchObject([{ ...points[0], counts: { received: 7, dropped: 5 } }, points[1]!]);
  // Nobody has counted at the second point, and so the file says nothing.
  expect(read.interfaces[1]?.counts).toBe(undefined);
  expect([read.rest, read.broken]).toEqual([0, undefined]);
});

test('every block is as long as it says, at its beginning and its end', () => {
  const bytes = whole();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 0;
  while (at < bytes.length) {
    const length = view.getUint32(at + 4, true);
    expect([length % 4, view.getUint32(at + length - 4, true)]).toEqual([0, length]);
    at += length;
  }
  expect(at).toBe(bytes.length);
});

test('the size of a packet is known before it is written', () => {
  for (const packet of packets) expect(encodePackets([packet]).length).toBe(packetBlockBytes(packet));
});
