import { describe, expect, test } from 'vitest';
import { parseIptablesSave } from '../../../src/netfilter/iptables/parse-iptables-save.ts';
import { printIptablesSave } from '../../../src/netfilter/iptables/print-iptables-save.ts';

const source = { family: 'ip', backend: 'iptables-nft' } as const;
const parse = (text: string) => parseIptablesSave(text, source);
const printed = (rule: string) => {
  const { tables } = parse(`*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${rule}\nCOMMIT\n`);
  return printIptablesSave(tables).split('\n')[2]?.replace('-A FORWARD ', '');
};
const rulesOf = (text: string, chain: string, table = 'filter') =>
  parse(text)
    .tables.find((each) => each.name === table)
    ?.chains.get(chain)?.rules;

describe('tables and chains', () => {
  test('come with policies, hooks, priorities and counters, in any order', () => {
    const { tables, gaps } = parse(
      '# Generated\n*nat\n:PREROUTING ACCEPT [1:60]\n:DOCKER - [0:0]\nCOMMIT\n*filter\n:FORWARD DROP [7:420]\n[3:180] -A FORWARD -j DROP\nCOMMIT\n# Completed\n',
    );
    expect(gaps).toEqual([]);
    expect(tables.map((table) => [table.name, table.position])).toEqual([
      ['nat', 0],
      ['filter', 1],
    ]);
    expect(tables[0]?.chains.get('PREROUTING')).toMatchObject({
      base: { type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' },
      counters: { packets: 1, bytes: 60 },
    });
    expect(tables[0]?.chains.get('DOCKER')?.base).toBeUndefined();
    expect(tables[1]?.chains.get('FORWARD')).toMatchObject({
      base: { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' },
      rules: [{ index: 1, text: '-A FORWARD -j DROP', counters: { packets: 3, bytes: 180 } }],
    });
  });

  test('mangle OUTPUT is a chain that routes again', () => {
    const { tables } = parse('*mangle\n:OUTPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT\n');
    expect([...tables[0]!.chains.values()].map((chain) => chain.base?.type)).toEqual(['route', 'filter']);
  });

  test('the text of iptables -S names no table', () => {
    const { tables } = parseIptablesSave('-P FORWARD DROP\n-N DOCKER\n-A FORWARD -j DOCKER\n', {
      ...source,
      table: 'filter',
    });
    expect(tables[0]?.chains.get('FORWARD')?.base?.policy).toBe('drop');
    expect(tables[0]?.chains.get('FORWARD')?.rules[0]?.statements).toEqual([
      { kind: 'verdict', verdict: { kind: 'jump', chain: 'DOCKER' } },
    ]);
  });

  test('lines that make no sense are gaps, the rest stands', () => {
    const { tables, gaps } = parse(
      '-A FORWARD -j DROP\n*filter\n:FORWARD ACCEPT [0:0]\nwhat is this\n:LOST DROP [0:0]\n-A FORWARD -m comment --comment "open\n-A FORWARD -j ACCEPT\n',
    );
    expect(gaps).toHaveLength(4);
    expect(tables[0]?.chains.get('FORWARD')?.rules.map((rule) => rule.index)).toEqual([1]);
  });
});

describe('rules', () => {
  test('keep all their comments, unescaped', () => {
    const rules = rulesOf(
      '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m comment --comment "cali:x\\"y\\\\z" -m comment --comment "it\\\'s" -m comment --comment plain -j ACCEPT\nCOMMIT\n',
      'FORWARD',
    );
    expect(rules?.[0]?.comments).toEqual(['cali:x"y\\z', "it's", 'plain']);
  });

  test.each([
    ['-p tcp --dport 80 -j ACCEPT', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    ['-p tcp --destination-port 80 -j ACCEPT', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    ['-p tcp -m comment --comment x --dport 80 -j ACCEPT', '-p tcp -m comment --comment x -m tcp --dport 80 -j ACCEPT'],
    ['-p tcp --syn -j DROP', '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
    ['-o eth0 -i docker0 -s 10.0.0.0/8 -j DROP', '-s 10.0.0.0/8 -i docker0 -o eth0 -j DROP'],
    ['-s ! 10.0.0.0/8 -j DROP', '! -s 10.0.0.0/8 -j DROP'],
    ['--source 10.0.0.1 --in-interface eth0 --jump DROP', '-s 10.0.0.1 -i eth0 -j DROP'],
    ['-m set ! --match-set A src,dst -j DROP', '-m set ! --match-set A src,dst -j DROP'],
    ['-m comment --comment -j -j DROP', '-m comment --comment -j -j DROP'],
    ['-m comment --comment "-j DROP" -j ACCEPT', '-m comment --comment "-j DROP" -j ACCEPT'],
    ['-m sorcery --one a b c --two ! --three -j ACCEPT', '-m sorcery --one a b c --two ! --three -j ACCEPT'],
    [
      '-m limit --limit 1/sec -j LOG --log-prefix "[X] " --log-level 7',
      '-m limit --limit 1/sec -j LOG --log-prefix "[X] " --log-level 7',
    ],
    ['-j MASQUERADE --random-fully --to-ports 1-2', '-j MASQUERADE --random-fully --to-ports 1-2'],
    ['-m owner --uid-owner 0 --socket-exists', '-m owner --uid-owner 0 --socket-exists'],
    ['', ''],
  ])('%s prints as %s', (rule, expected) => {
    expect(printed(rule) ?? '').toBe(expected === '' ? '-A FORWARD' : expected);
  });
});
