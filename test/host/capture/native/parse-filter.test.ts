import { expect, test } from 'vitest';
import { parseFilter } from '../../../../src/host/capture/native/parse-filter.ts';

test('words without qualifiers take over the last ones', () => {
  expect(parseFilter('tcp dst port 80 or 443')).toEqual(parseFilter('tcp dst port 80 or tcp dst port 443'));
});

test('and and or bind alike, from left to right', () => {
  expect(parseFilter('tcp or udp and arp')).toEqual(parseFilter('(tcp or udp) and arp'));
});

test('nothing is everything', () => {
  expect(parseFilter('  ')).toBe(undefined);
});

test.each([
  ['host web', 'web: no address'],
  ['port whois', 'whois: no port'],
  ['vlan 7', 'vlan: '],
  ['tcp[tcpflags] & tcp-syn != 0', 'tcp[tcpflags]'],
  ['host', 'something is missing'],
  ['(port 80', 'not closed'],
  ['port 80)', '): not expected'],
  ['port 80 port 81', 'port: not expected'],
  ['and', 'and'],
  ['10.0.0.1', '10.0.0.1: is not understood'],
  ['arp port 80', 'arp has no ports'],
  ['ip6 host 10.0.0.1', 'no address of ip6'],
  ['portrange 1-2-x', 'no port'],
  [`${'('.repeat(500)}tcp`, 'nested too deeply'],
])('%s is refused by name', (text, words) => {
  expect(parseFilter(text)).toEqual({ error: expect.stringContaining(words) });
});
