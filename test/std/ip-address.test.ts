import { expect, test } from 'vitest';
import {
  commonPrefixLength,
  formatAddress,
  parseAddress,
  parsePrefix,
  prefixContains,
} from '../../src/std/ip-address.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['fe80:0:0:0:0:0:0:1', 'fe80::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:10.1.2.3', '::ffff:a01:203'],
  ['2001:DB8::A', '2001:db8::a'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
])('%s is written %s', (text, canonical) => {
  expect(formatAddress(parseAddress(text)!)).toBe(canonical);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '1.2.3.4.5',
  ':::',
  '1:2',
  '1::2::3',
  'g::1',
  '1:2:3:4:5:6:7:8:9',
  '10.0.0.x',
  'fe80::1%eth0',
])('%j is not an address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('a prefix drops its host bits and a bare address is a prefix of full length', () => {
  expect(parsePrefix('10.1.2.3/16')).toEqual({ family: 4, value: 0x0a010000n, length: 16 });
  expect(parsePrefix('10.1.2.3')?.length).toBe(32);
  expect(parsePrefix('::1')?.length).toBe(128);
  expect(parsePrefix('10.0.0.0/33')).toBeUndefined();
  expect(parsePrefix('10.0.0.0/')).toBeUndefined();
});

test('a prefix contains the addresses of its own family that share its bits', () => {
  const prefix = parsePrefix('172.17.0.0/16')!;
  expect(prefixContains(prefix, parseAddress('172.17.255.1')!)).toBe(true);
  expect(prefixContains(prefix, parseAddress('172.18.0.1')!)).toBe(false);
  expect(prefixContains(parsePrefix('0.0.0.0/0')!, parseAddress('::1')!)).toBe(false);
});

test('the common prefix of two addresses is counted in bits', () => {
  expect(commonPrefixLength(parseAddress('10.0.0.0')!, parseAddress('10.0.0.1')!)).toBe(31);
  expect(commonPrefixLength(parseAddress('fe80::1')!, parseAddress('fe80::1')!)).toBe(128);
});
