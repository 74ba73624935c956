import { expect, test } from 'vitest';
import { findGrown } from '../../../../src/host/live/child/legacy-counters.ts';

const text = (policy: number, first: number, second: number): string =>
  [
    '*filter',
    ':INPUT ACCEPT [5:300]',
    `:FORWARD DROP [${policy}:0]`,
    ':MINE - [0:0]',
    `[${first}:60] -A FORWARD -p icmp -j DROP`,
    `[${second}:60] -A FORWARD -j MINE`,
    'COMMIT',
  ].join('\n');

test('a counter that rose names its rule by position', () => {
  expect(findGrown(text(0, 1, 1), text(0, 1, 3))).toEqual([
    { table: 'filter', chain: 'FORWARD', index: 2, packets: 2 },
  ]);
});

test('a policy that counted has position 0', () => {
  expect(findGrown(text(0, 1, 1), text(2, 1, 1))).toEqual([
    { table: 'filter', chain: 'FORWARD', index: 0, packets: 2 },
  ]);
});

test('nothing that stayed is named, nor a rule that was not there before', () => {
  expect(findGrown(text(1, 1, 1), text(1, 1, 1))).toEqual([]);
  expect(findGrown('*filter\n:FORWARD ACCEPT [0:0]', text(0, 7, 7))).toEqual([]);
});
