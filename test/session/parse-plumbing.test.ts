import { expect, test } from 'vitest';
import { parsePlumbingLine } from '../../src/session/parse-plumbing.ts';

test('options follow the words, with or without dashes', () => {
  expect(parsePlumbingLine('attach web br0 address 10.0.0.7/24 --vlan 20')).toEqual({
    action: 'attach',
    words: ['web', 'br0'],
    options: { address: '10.0.0.7/24', vlan: '20' },
  });
});

test.each([
  ['', 'is none of attach, plug'],
  ['dance web', 'is none of attach, plug'],
  ['attach web', 'takes CONTAINER LINK'],
  ['attach web br0 address', 'wants a value'],
  ['attach web br0 speed 9', 'is no option here (there are address, gateway'],
  ['attach web br0 mac 01:00:00:00:00:01', 'is not right (write it like 02:00:00:00:00:01)'],
  ['mss eth0 vlan 3', 'is no option here'],
  ['mtu eth0 12', 'is not right'],
])('%j is refused', (line, why) => {
  const answer = parsePlumbingLine(line);
  expect('error' in answer && answer.error).toContain(why);
});
