import { describe, expect, test } from 'vitest';
import { blockTypes, encodeBlock } from '../../../src/capture/pcapng/blocks.ts';
import { encodeInterface, encodePackets, encodeSection } from '../../../src/capture/pcapng/encode-packets.ts';
import { createFileParser } from '../../../src/capture/pcapng/file-parser.ts';
import { parseCapture } from '../../support/read-capture.ts';

const words = (littleEndian: boolean, ...values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4);
  for (const [n, value] of values.entries()) new DataView(bytes.buffer).setUint32(n * 4, value, littleEndian);
  return bytes;
};

/** A classic file of one packet. */
const classic = (littleEndian: boolean, magic: number, fraction: number, linkType = 1): Uint8Array =>
  Buffer.concat([
    words(littleEndian, magic, (4 << 16) | 2, 0, 0, 65_535, linkType),
    words(littleEndian, 1_700_000_000, fraction, 3, 60),
    Uint8Array.of(7, 8, 9),
  ]);

const point = { name: 'a', description: '', comment: '', linkType: 1, snapLength: 96 };
const packet = (tap: number, at: bigint) => ({ tap, at, length: 3, bytes: Uint8Array.of(1, 2, 3) });
const section = () => encodeSection({ application: 'test' });

describe('a classic file', () => {
  test.each([
    ['microseconds', true, 0xa1b2c3d4, 5, 5000n],
    ['nanoseconds', true, 0xa1b23c4d, 5, 5n],
    ['microseconds of a big-endian machine', false, 0xa1b2c3d4, 5, 5000n],
    ['nanoseconds of a big-endian machine', false, 0xa1b23c4d, 5, 5n],
  ] as const)('with %s', (_, littleEndian, magic, fraction, nanoseconds) => {
    const { packets, interfaces, rest } = parseCapture(classic(littleEndian, magic, fraction));
    expect(packets).toMatchObject([{ tap: 0, at: 1_700_000_000n * 1_000_000_000n + nanoseconds, length: 60 }]);
    expect([...(packets[0]?.bytes ?? [])]).toEqual([7, 8, 9]);
    expect(interfaces).toEqual([{ linkType: 1, snapLength: 65_535 }]);
    expect(rest).toBe(0);
  });

  test('tells the link type without what else stands in its field', () => {
    expect(parseCapture(classic(true, 0xa1b2c3d4, 0, 0x2400_0071)).interfaces[0]?.linkType).toBe(0x71);
  });

  test('with a packet longer than any is broken there', () => {
    const bytes = Buffer.concat([classic(true, 0xa1b2c3d4, 0), words(true, 1, 1, 0x7fff_ffff, 1)]);
    expect(parseCapture(bytes)).toMatchObject({ packets: [{}], broken: 'a packet of 2147483647 bytes' });
  });
});

describe('a pcapng file', () => {
  test('of several sections counts the interfaces of each for itself', () => {
    const one = Buffer.concat([section(), encodeInterface(point), encodePackets([packet(0, 1n)])]);
    const { packets, interfaces } = parseCapture(Buffer.concat([one, one]));
    expect(packets.map(({ tap }) => tap)).toEqual([0, 1]);
    expect(interfaces.length).toBe(2);
  });

  test('of a big-endian machine with microseconds, a time offset and blocks of other kinds', () => {
    const bytes = Buffer.concat([
      words(false, 0x0a0d0d0a, 28, 0x1a2b3c4d, 0x0001_0000, 0xffff_ffff, 0xffff_ffff, 28),
      words(false, 0x0bad, 16, 1, 16),
      // if_tsoffset: 100 s.
      words(false, 1, 32, 1 << 16, 0, (14 << 16) | 8, 0, 100, 32),
      words(false, 6, 36, 0, 0, 3_000_000, 1, 1, 0x0700_0000, 36),
    ]);
    const { packets, broken } = parseCapture(bytes);
    expect(broken).toBe(undefined);
    expect(packets).toMatchObject([{ at: 103_000_000_000n, length: 1 }]);
  });

  test('with stamps in powers of two', () => {
    const fixed = words(true, 1, 0);
    const resolution = { code: 9, value: Uint8Array.of(0x80 | 10) };
    const bytes = Buffer.concat([
      section(),
      encodeBlock(blockTypes.interface, fixed, [resolution]),
      encodePackets([packet(0, 1536n)]),
    ]);
    expect(parseCapture(bytes).packets[0]?.at).toBe(1_500_000_000n);
  });

  test('with simple packets gives them the time of the packet before', () => {
    const bytes = Buffer.concat([
      section(),
      encodeInterface(point),
      encodePackets([packet(0, 9n)]),
      encodeBlock(blockTypes.simplePacket, words(true, 3, 0x0003_0201), []),
    ]);
    const last = parseCapture(bytes).packets[1];
    expect([last?.at, last?.length, [...(last?.bytes ?? [])]]).toEqual([9n, 3, [1, 2, 3]]);
  });

  test('with a packet of an interface that it does not have is broken there', () => {
    const bytes = Buffer.concat([section(), encodeInterface(point), encodePackets([packet(0, 1n), packet(3, 2n)])]);
    expect(parseCapture(bytes)).toMatchObject({ packets: [{}], broken: expect.stringContaining('interface 3') });
  });

  test.each([
    ['shorter than itself', words(true, 6, 8, 8)],
    ['without end', words(true, 6, 0x7fff_fffc, 0)],
    ['of two lengths', words(true, 0x0bad, 16, 0, 12)],
    ['without a byte order', words(true, 0x0a0d0d0a, 28, 0, 0, 0, 0, 28)],
  ])('with a block %s is broken there', (_, block) => {
    expect(parseCapture(Buffer.concat([section(), block])).broken).toEqual(expect.any(String));
  });
});

test('a file cut off anywhere gives every packet before, and says that it was cut', () => {
  const head = Buffer.concat([section(), encodeInterface(point)]);
  const blocks = [1n, 2n, 3n].map((at) => encodePackets([packet(0, at)]));
  const bytes = Buffer.concat([head, ...blocks]);
  const blockBytes = blocks[0]!.length;
  for (let length = head.length; length <= bytes.length; length++) {
    const { packets, rest } = parseCapture(bytes.subarray(0, length));
    const beyond = length - head.length;
    expect([packets.length, rest]).toEqual([Math.floor(beyond / blockBytes), beyond % blockBytes]);
  }
});

test('pieces of any size make the same packets', () => {
  const bytes = Buffer.concat([section(), encodeInterface(point), encodePackets([packet(0, 1n), packet(0, 2n)])]);
  for (const size of [1, 3, 7, 64]) {
    const parser = createFileParser();
    const stamps: bigint[] = [];
    for (let at = 0; at < bytes.length; at += size)
      stamps.push(...parser.push(bytes.subarray(at, at + size)).map((one) => one.at));
    expect(stamps).toEqual([1n, 2n]);
  }
});

test('anything else is no capture file', () => {
  expect(parseCapture(Buffer.from('root:x:0:0:root')).broken).toBe('it is neither a pcap nor a pcapng file');
  expect(parseCapture(new Uint8Array(0))).toEqual({ packets: [], interfaces: [], rest: 0 });
});
