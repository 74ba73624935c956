import { expect, test } from 'vitest';
import { createAnalysis } from '../../src/capture/create-analysis.ts';
import { moment, points, seen } from './matching.ts';
import { createDice } from './packets.ts';
import { samples } from './sample-packets.ts';

const running = (linkType: number) =>
  points.map((point) => ({ point, phase: 'running', linkType, packets: 0 }) as const);

test('packets of any bytes, at any points: no throw, memory within its limits, nothing that steers a terminal', () => {
  const roll = createDice(7);
  const analysis = createAnalysis(points, { rowLimit: 500 });
  analysis.feed({ kind: 'state', state: { points: running(1), packets: 0 } });
  for (let n = 0; n < 10_000; n++) {
    const bytes = Uint8Array.from(samples[roll(samples.length)]!.bytes);
    for (let times = roll(4); times > 0; times--) bytes[roll(bytes.length)] = roll(256);
    const packets = [0, 1, 2, 3].filter(() => roll(3) > 0).map((tap) => seen(tap, n * 5 + tap, bytes));
    analysis.feed({ kind: 'packets', packets });
    if (n % 100 === 0) analysis.settle(moment(n * 5));
  }
  analysis.settle('end');
  expect(analysis.rows().length).toBe(500);
  for (const row of analysis.rows()) expect(analysis.text(row, true)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  for (const { sentence } of analysis.losses()) expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(analysis.flows(moment(60_000)).length).toBeLessThanOrEqual(10_000);
});

test('points of a file come one after the other; packets before their point is known are left out', () => {
  const analysis = createAnalysis([]);
  const bytes = samples.find(({ name }) => name === 'a ping')!.bytes;
  analysis.feed({ kind: 'state', state: { points: running(1).slice(0, 1), packets: 0 } });
  analysis.feed({ kind: 'packets', packets: [seen(0, 0, bytes)] });
  analysis.feed({ kind: 'state', state: { points: running(1).slice(0, 2), packets: 1 } });
  analysis.feed({ kind: 'packets', packets: [seen(1, 0.02, bytes), seen(2, 0.03, bytes)] });
  analysis.settle('end');
  expect(analysis.rows().map(({ sightings }) => sightings.map(({ point }) => point))).toEqual([[0, 1]]);
});

test('a packet is described once, and again when something about it changed', () => {
  const analysis = createAnalysis(points);
  const bytes = samples.find(({ name }) => name === 'a ping')!.bytes;
  analysis.feed({ kind: 'state', state: { points: running(1), packets: 0 } });
  analysis.feed({ kind: 'packets', packets: [seen(0, 0, bytes)] });
  analysis.settle(moment(10));
  const [row] = analysis.rows();
  expect(analysis.describe(row!)).toBe(analysis.describe(row!));
  expect(analysis.sightings()).toMatchObject([{ point: 0, packets: 1, medianDelayUs: 0 }]);
});
