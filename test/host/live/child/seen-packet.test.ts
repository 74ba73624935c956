import { expect, test } from 'vitest';
import { seenPacket } from '../../../../src/host/live/child/seen-packet.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(hex.split(' ').map((one) => Number.parseInt(one, 16)));

const network = bytes('45 00 00 3c 87 af 40 00 3f 06 00 00 0a 5b 01 02 0a 5b 02 02');

test('a TCP segment is told by its addresses, ports and numbers', () => {
  const tcp = bytes('c0 11 00 50 07 90 64 0e 00 00 00 00 a0 02 fa f0 00 00 00 00');
  expect(seenPacket(network, tcp)).toEqual({
    family: 4,
    src: '10.91.1.2',
    dst: '10.91.2.2',
    proto: 6,
    ttl: 63,
    sport: 0xc011,
    dport: 80,
    seq: 0x0790640e,
    ack: 0,
    flags: 2,
    fingerprint: '34735 0790640e00000000 02',
  });
});

test('an echo is told by its id', () => {
  const echo = network.slice();
  echo[9] = 1;
  expect(seenPacket(echo, bytes('08 00 f7 ff 12 34 00 01'))).toMatchObject({ proto: 1, icmpType: 8, icmpId: 0x1234 });
});

test('headers that are cut short are no packet, or one without ports', () => {
  expect(seenPacket(network.subarray(0, 12), new Uint8Array())).toBeUndefined();
  expect(seenPacket(network, new Uint8Array(2))?.sport).toBeUndefined();
});

test('a packet keeps its fingerprint through NAT and routing, and its retransmission has another', () => {
  const tcp = bytes('c0 11 00 50 07 90 64 0e 00 00 00 00 a0 02 fa f0 00 00 00 00');
  const fingerprint = seenPacket(network, tcp)?.fingerprint;
  const translated = network.slice();
  translated.set([62, 6, 0x12, 0x34, 192, 0, 2, 1], 8);
  const otherPort = tcp.slice();
  otherPort.set([0x80, 0x01], 0);
  expect(seenPacket(translated, otherPort)?.fingerprint).toBe(fingerprint);
  const again = network.slice();
  again[5] = 0xb0;
  expect(seenPacket(again, tcp)?.fingerprint).not.toBe(fingerprint);
});
