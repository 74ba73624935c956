import { expect, test } from 'vitest';
import { fitPackets } from '../../src/capture/fit-packets.ts';
import { packetBlockBytes } from '../../src/capture/pcapng/encode-packets.ts';
import type { CapturedPacket } from '../../src/host/capture/capture-order.ts';

const packets: readonly CapturedPacket[] = [1, 2, 3].map((at) => ({
  tap: 0,
  at: BigInt(at),
  length: 4,
  bytes: new Uint8Array(4),
}));
const stamps = ({ packets: fitted }: ReturnType<typeof fitPackets>) => fitted.map(({ at }) => Number(at));

test('without limits everything fits', () => {
  expect(fitPackets(packets, {}, 5, 1000, 1)).toEqual({ packets });
});

test('the last packet wanted ends it', () => {
  const fitted = fitPackets(packets, { packets: 7 }, 5, undefined, 1);
  expect([stamps(fitted), fitted.limit]).toEqual([[1, 2], 'packets']);
  expect(fitPackets(packets, { packets: 8 }, 5, undefined, 1).limit).toBe('packets');
  expect(fitPackets(packets, { packets: 9 }, 5, undefined, 1).limit).toBe(undefined);
});

test('the file stays below its size, with room for the counts at its end', () => {
  const written = 500;
  const bytes = written + 2 * 160 + packetBlockBytes(packets[0]!) * 2;
  const fitted = fitPackets(packets, { bytes }, 0, written, 2);
  expect([stamps(fitted), fitted.limit]).toEqual([[1, 2], 'size']);
  expect(stamps(fitPackets(packets, { bytes: 1 }, 0, written, 2))).toEqual([]);
});
