import { expect, test } from 'vitest';
import { createMerger } from '../../src/capture/create-merger.ts';
import type { CapturedPacket } from '../../src/host/capture/capture-order.ts';

const packet = (tap: number, at: number, bytes = 1): CapturedPacket => ({
  tap,
  at: BigInt(at),
  length: bytes,
  bytes: new Uint8Array(bytes),
});
const limits = { windowMs: 100, bytes: 10_000 };
const stamps = (packets: readonly CapturedPacket[]): readonly number[] => packets.map(({ at }) => Number(at));

test('packets go on as soon as every tap has told something later', () => {
  const merger = createMerger(2, limits);
  merger.add([packet(0, 1), packet(0, 5)], 0);
  expect(stamps(merger.take(0))).toEqual([]);
  merger.add([packet(1, 2), packet(1, 3)], 1);
  expect(stamps(merger.take(1))).toEqual([1, 2, 3]);
  expect(merger.waiting()).toBe(1);
});

test('a tap where nothing happens is waited for no longer than the window', () => {
  const merger = createMerger(2, limits);
  merger.add([packet(0, 1)], 0);
  expect(stamps(merger.take(99))).toEqual([]);
  expect(stamps(merger.take(100))).toEqual([1]);
});

test('a tap that has ended is not waited for', () => {
  const merger = createMerger(2, limits);
  merger.end(1);
  merger.add([packet(0, 1)], 0);
  expect(stamps(merger.take(0))).toEqual([1]);
});

test('packets of one moment keep the order of the points', () => {
  const merger = createMerger(3, limits);
  for (const tap of [2, 0, 1]) merger.add([packet(tap, 7)], 0);
  expect(merger.takeAll().map(({ tap }) => tap)).toEqual([0, 1, 2]);
});

test('no more waits than the memory it may take', () => {
  const merger = createMerger(2, limits);
  merger.add(
    Array.from({ length: 20 }, (_, n) => packet(0, n, 1000)),
    0,
  );
  expect(merger.take(0).length).toBeGreaterThan(10);
  expect(merger.waiting()).toBeLessThan(10);
});

test('at the end everything comes, in order of time', () => {
  const merger = createMerger(2, limits);
  merger.add([packet(0, 4), packet(0, 6)], 0);
  merger.add([packet(1, 1), packet(1, 5)], 0);
  expect(stamps(merger.takeAll())).toEqual([1, 4, 5, 6]);
  expect(merger.takeAll()).toEqual([]);
});
