import { expect, test } from 'vitest';
import { parsePriority } from '../../../src/netfilter/nft/parse-priority.ts';

test.each([
  [0, 'ip', 0],
  ['filter', 'ip', 0],
  ['raw', 'inet', -300],
  ['mangle', 'ip6', -150],
  ['dstnat', 'ip', -100],
  ['srcnat', 'ip', 100],
  ['security', 'inet', 50],
  ['filter + 10', 'inet', 10],
  ['dstnat - 5', 'ip', -105],
  ['dstnat-5', 'ip', -105],
  ['-150', 'ip', -150],
  ['filter', 'bridge', -200],
  ['dstnat', 'bridge', -300],
  ['srcnat', 'bridge', 300],
  ['soon', 'ip', undefined],
  [null, 'ip', undefined],
] as const)('%s in family %s is %s', (value, family, expected) => {
  expect(parsePriority(value, family)).toBe(expected);
});
