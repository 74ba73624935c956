/** The other machine's clock beside ours. */
import { expect, test } from 'vitest';
import { measureClock } from '../../../../src/host/ssh/capture/measure-clock.ts';

/** Each answer takes `trip` there and `trip` back; the clock there is ahead by `ahead`. */
const measure = (trip: readonly number[], ahead: number, format = (ms: number) => `${(ms / 1000).toFixed(9)}`) => {
  let now = 1_700_000_000_000;
  let asked = 0;
  return measureClock(
    async () => {
      const length = trip[asked++ % trip.length]!;
      now += length;
      const body = format(now + ahead);
      now += length;
      return [{ words: ['clock'], body }];
    },
    () => now,
  );
};

test('is told as closely as the quickest answer allows', async () => {
  expect(await measure([400, 50, 90, 300], 5_000)).toEqual({ aheadMs: 5_000, withinMs: 51, moved: true });
});

test('counts as ours where a difference is not certain', async () => {
  expect(await measure([50], 30)).toEqual({ aheadMs: 30, withinMs: 51, moved: false });
  expect(await measure([50], -60)).toMatchObject({ moved: true });
});

test('that tells whole seconds is known to half a second more', async () => {
  const clock = await measure([50], 5_000, (ms) => `${Math.floor(ms / 1000)}.%N`);
  expect(clock?.withinMs).toBeGreaterThan(400);
  expect(Math.abs((clock?.aheadMs ?? 0) - 5_000)).toBeLessThanOrEqual(clock?.withinMs ?? 0);
});

test('is not told where it says nothing, or was set while it was asked', async () => {
  expect(await measure([1], 0, () => 'date: not found')).toBeUndefined();
  let calls = 0;
  expect(await measure([1], 0, (ms) => `${((ms + (calls++ > 1 ? 90_000 : 0)) / 1000).toFixed(9)}`)).toBeUndefined();
});
