import { expect, test } from 'vitest';
import { readDropped } from '../../../../src/host/live/child/tracking-losses.ts';

test('drops of all CPUs are added up, in hexadecimal', () => {
  expect(
    readDropped(
      'entries  found drop early_drop\n00000001 00000000 0000000a 00000001\n00000001 00000000 00000010 00000000\n',
    ),
  ).toBe(26);
});
test('a table without that column says nothing', () => {
  expect(readDropped('entries found\n1 2\n')).toBeUndefined();
});
