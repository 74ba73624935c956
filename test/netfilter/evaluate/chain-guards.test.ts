import { expect, test } from 'vitest';
import type { Packet } from '../../../src/model/packet.ts';
import { unknown } from '../../../src/netfilter/context.ts';
import { chainGuards, nextCandidate } from '../../../src/netfilter/evaluate/chain-guards.ts';
import { compileCondition } from '../../../src/netfilter/evaluate/compile-condition.ts';
import { guardField, readGuard } from '../../../src/netfilter/evaluate/guard.ts';
import { and } from '../../../src/netfilter/evaluate/truth.ts';
import { viewOf } from '../../../src/netfilter/evaluate/view.ts';
import { around, iptables, nft, nftChain, nftRule, syn, syn6 } from '../sample-packets.ts';

const { in: _in, out: _out, dport: _dport, ...bare } = syn();
const packets: readonly Packet[] = [
  syn(),
  bare,
  syn({ src: '10.1.2.3', dst: '172.17.0.2', in: 'eth0', out: 'docker0', dport: 8080 }),
  syn({ proto: 'udp', dport: 53, mark: 0x4000 }),
  syn({ proto: 'icmp', icmpType: 8, mark: 1 }),
  syn6(),
  syn6({ src: '::a01:203', dst: '::1', proto: 'udp', dport: 80 }),
];
const views = [
  ...packets.map((packet) => viewOf(packet, around())),
  viewOf(bare, around({ ephemeralPorts: [32768, 60999] })),
  { ...viewOf(syn(), around()), unknownMark: unknown('a mark nobody knows') },
];

const iptablesRules = [
  '-s 172.17.0.2/32',
  '-d 198.51.100.7/32 ! -i docker0 -o eth0 -p tcp -m tcp --dport 80',
  '-s 10.0.0.0/8 -p udp',
  '-s 0.0.0.0/0 -d 0.0.0.0/0',
  '-s 10.0.0.0/255.0.0.0',
  '-s 10.0.0.1,172.17.0.2',
  '-s ! 10.0.0.0/8 -i eth0',
  '! -s 172.17.0.0/16 -i docker0',
  '-i docker0 -o eth0',
  '-i docker+',
  '-i eth* -o +',
  '-i ! eth0',
  '-p tcp',
  '-p 17',
  '-p all',
  '-p 0',
  '! -p tcp -m mark --mark 0x0',
  '-p tcp -m tcp --dport 80',
  '-p udp -m udp --dport 53',
  '-p tcp -m tcp --dport 1:100',
  '-p tcp -m tcp ! --dport 81',
  '-p tcp -m tcp --dport http',
  '-p tcp -m tcp --sport 40000 --dport 9',
  '-m mark --mark 0x0',
  '-m mark --mark 0x4000/0x4000',
  '-m mark --mark 1',
  '-m mark --mark 0x1/0x0',
  '-m mark ! --mark 0x1',
  '-m comment --comment "-d 1.2.3.4 -p tcp -m tcp --dport 9"',
  '-m comment --comment "x" -m tcp --dport 9',
  '-m conntrack --ctstate NEW -i nowhere',
  '-f -d 1.2.3.4/32',
];

const match = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const nftRules: readonly (readonly unknown[])[] = [
  [match(payload('ip', 'saddr'), '172.17.0.2')],
  [match(payload('ip', 'daddr'), { prefix: { addr: '198.51.0.0', len: 16 } }), { counter: null }],
  [match(payload('ip', 'daddr'), { prefix: { addr: '198.51.0.0', len: 16 } }, '!=')],
  [match(payload('ip', 'daddr'), '@known')],
  [match(payload('ip', 'saddr'), { set: ['1.2.3.4', '172.17.0.2'] })],
  [match(payload('ip6', 'daddr'), '::1')],
  [match(payload('tcp', 'dport'), 80)],
  [{ counter: null }, match(payload('udp', 'dport'), 53)],
  [match(payload('th', 'dport'), 81)],
  [match({ meta: { key: 'iifname' } }, 'docker0')],
  [match({ meta: { key: 'iifname' } }, 'docker*')],
  [match({ meta: { key: 'oifname' } }, 'eth0'), match({ meta: { key: 'l4proto' } }, 'udp')],
  [match({ meta: { key: 'oifname' } }, '@links')],
  [match({ meta: { key: 'mark' } }, 0x4000)],
  [match({ '&': [{ meta: { key: 'mark' } }, 0x4000] }, 0x4000)],
  [match({ meta: { key: 'l4proto' } }, 6)],
  [match({ meta: { key: 'iif' } }, 'docker0')],
];

const sets = [
  ['iptables', iptables(`*filter\n:C - [0:0]\n${iptablesRules.map((rule) => `-A C ${rule}`).join('\n')}\nCOMMIT\n`)],
  ['nft', nft(nftChain('c'), ...nftRules.map((expr) => nftRule(...expr)))],
] as const;

const env = (isIptables: boolean) => ({
  sets: new Map(),
  ipsets: new Map(),
  iptables: isIptables,
  bridgeFamily: false,
});

test.each(sets)('no rule of %s is passed over that a packet matches or might match', (tool, { tables: [table] }) => {
  const [chain] = [...table!.chains.values()];
  const guards = chainGuards(table!, chain!);
  const passed = new Set<string>();
  for (const view of views) {
    for (const [n, rule] of chain!.rules.entries()) {
      if (nextCandidate(guards, n, view) === n) continue;
      passed.add(rule.text);
      const conditions = rule.statements.map((statement) => compileCondition(statement, env(tool === 'iptables')));
      const truth = and(conditions, (condition) => condition?.(view) ?? true);
      expect({ rule: rule.text, packet: view.packet, truth }).toMatchObject({ truth: false });
    }
  }
  expect(passed.size).toBeGreaterThanOrEqual(tool === 'iptables' ? 15 : 7);
});

test('what most large rulesets are made of is passed over by its narrowest part', () => {
  const { tables } = sets[0][1];
  const [chain] = [...tables[0]!.chains.values()];
  const fieldOf = (text: string): number => {
    const guard = { field: 0, low: 0, high: 0, name: '' };
    readGuard(chain!.rules.find((rule) => rule.text === `-A C ${text}`)!, 'ip', guard);
    return guard.field;
  };
  expect(fieldOf('-d 198.51.100.7/32 ! -i docker0 -o eth0 -p tcp -m tcp --dport 80')).toBe(guardField.destination);
  expect(fieldOf('-p tcp -m tcp --dport 80')).toBe(guardField.tcpPort);
  expect(fieldOf('-m mark --mark 0x4000/0x4000')).toBe(guardField.mark);
  expect(fieldOf('-i docker0 -o eth0')).toBe(guardField.out);
});

test('an answer, whose port is not known, is not held against ports that the kernel never chooses', () => {
  const { tables } = iptables(
    '*filter\n:C - [0:0]\n-A C -p tcp -m tcp --dport 80\n-A C -p tcp -m tcp --dport 40000\nCOMMIT\n',
  );
  const [chain] = [...tables[0]!.chains.values()].filter(({ name }) => name === 'C');
  const view = viewOf(bare, around({ ephemeralPorts: [32768, 60999] }));
  expect(nextCandidate(chainGuards(tables[0]!, chain!), 0, view)).toBe(1);
});

test('behind an effect of nft a condition that fails does not undo the rule', () => {
  const expr = [{ mangle: { key: { meta: { key: 'mark' } }, value: 1 } }, match(payload('tcp', 'dport'), 9)];
  const { tables } = nft(nftChain('c'), nftRule(...expr));
  const [chain] = [...tables[0]!.chains.values()];
  expect(nextCandidate(chainGuards(tables[0]!, chain!), 0, views[0]!)).toBe(0);
});
