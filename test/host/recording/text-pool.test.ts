/** Equal files are one string, and nothing is taken for equal that is not. */
import { expect, test } from 'vitest';
import { createTextPool } from '../../../src/host/recording/text-pool.ts';

const bytes = (text: string) => Buffer.from(text);

test('a text is found by what it says, under the name of its file', () => {
  const pool = createTextPool();
  expect(pool.find('rules.json', bytes('[]'))).toBeUndefined();
  expect(pool.add('rules.json', bytes('[]'))).toBe('[]');
  expect(pool.find('rules.json', bytes('[]'))).toBe('[]');
  expect(pool.find('rules.json', bytes('{}'))).toBeUndefined();
  expect(pool.find('fdb.json', bytes('[]'))).toBeUndefined();
});

test('of many different texts those looked for last are kept', () => {
  const pool = createTextPool();
  pool.add('links.json', bytes('often'));
  for (let n = 0; n < 50; n++) {
    pool.add('links.json', bytes(`once ${n}`));
    expect(pool.find('links.json', bytes('often'))).toBe('often');
  }
  expect(pool.find('links.json', bytes('once 1'))).toBeUndefined();
});

test('a byte order mark is no part of a text', () => {
  expect(createTextPool().add('links.json', bytes('\uFEFF[]'))).toBe('[]');
});
