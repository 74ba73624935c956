import { expect, test } from 'vitest';
import { needsConntrack } from '../../src/netfilter/needs-conntrack.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';
import { forwardChain, iptables, nft, nftRule, present } from './sample-packets.ts';

const save = (table: string, rule: string) => iptables(`*${table}\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT ${rule}\nCOMMIT\n`);

test.each([
  ['filter', '-m conntrack --ctstate NEW -j ACCEPT', true],
  ['filter', '-m state --state NEW -j ACCEPT', true],
  ['nat', '-p tcp -j DNAT --to-destination 10.0.0.1', true],
  ['nat', '-j ACCEPT', false],
  ['mangle', '-j CONNMARK --set-xmark 0x1/0xffffffff', true],
  ['mangle', '-j MARK --set-xmark 0x1/0xffffffff', false],
  ['raw', '-j CT --notrack', false],
  ['raw', '-j CT --zone 1', true],
  ['filter', '-p tcp -m connlimit --connlimit-above 3 -j DROP', true],
  ['filter', '-m comment --comment "conntrack -j DNAT" -j ACCEPT', false],
])('table %s, %s: %s', (table, rule, expected) => {
  expect(needsConntrack(save(table, rule), 'ip')).toBe(expected);
  expect(needsConntrack(save(table, rule), 'ip6')).toBe(false);
});

test('an inet table counts for both families', () => {
  const rules = nft(
    forwardChain,
    nftRule({ match: { op: 'in', left: { ct: { key: 'state' } }, right: 'new' } }, { accept: null }),
  );
  expect(needsConntrack(rules, 'ip')).toBe(true);
  expect(needsConntrack(rules, 'ip6')).toBe(true);
  expect(needsConntrack(rules, 'bridge')).toBe(false);
  expect(needsConntrack(parseRuleset({ present }), 'ip')).toBe(false);
});
