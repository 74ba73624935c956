import { expect, test } from 'vitest';
import { createPcapParser } from '../../../src/host/capture/pcap-parser.ts';

const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const header = words(0xa1b23c4d, (4 << 16) | 2, 0, 0, 96, 1);
const packet = (seconds: number, ...bytes: readonly number[]): Uint8Array =>
  Buffer.concat([words(seconds, 7, bytes.length, bytes.length), Uint8Array.from(bytes)]);
const stream = Buffer.concat([header, packet(1, 1, 2, 3), packet(2), packet(3, 4)]);

test('packets come as soon as they are whole, wherever the stream is cut', () => {
  for (let size = 1; size <= stream.length; size++) {
    const parser = createPcapParser(5);
    const packets = [];
    for (let at = 0; at < stream.length; at += size) packets.push(...parser.push(stream.subarray(at, at + size)));
    expect(packets.map(({ tap, at, bytes }) => [tap, at, ...bytes])).toEqual([
      [5, 1_000_000_007n, 1, 2, 3],
      [5, 2_000_000_007n],
      [5, 3_000_000_007n, 4],
    ]);
    expect(parser.rest()).toBe(0);
  }
});

test('the header is known as soon as it is there, before any packet', () => {
  const parser = createPcapParser(0);
  parser.push(stream.subarray(0, 23));
  expect(parser.header()).toBe(undefined);
  parser.push(stream.subarray(23, 24));
  expect(parser.header()).toEqual({ linkType: 1, snapLength: 96 });
});

test('what is no pcap stream is told, and nothing is read of it', () => {
  const parser = createPcapParser(0);
  expect(parser.push(Buffer.from('tcpdump: something that is no packet at all'))).toEqual([]);
  expect(parser.broken()).toBe('no pcap stream');
  expect(parser.push(stream)).toEqual([]);
});
