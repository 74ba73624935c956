import { describe, expect, test } from 'vitest';
import type { Hook, Ruleset } from '../../src/model/ruleset.ts';
import { baseChains, hookStages } from '../../src/netfilter/hook-stages.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';
import { present } from './sample-packets.ts';

const chain = (table: string, name: string, prio: number, type = 'filter', hook = 'prerouting') => ({
  chain: { family: 'ip', table, name, type, hook, prio, policy: 'accept' },
});
const ruleset = (...chains: readonly { readonly chain: { readonly table: string } }[]): Ruleset => {
  const tables = [...new Set(chains.map((each) => each.chain.table))].map((name) => ({
    table: { family: 'ip', name },
  }));
  return parseRuleset({ nft: JSON.stringify({ nftables: [...tables, ...chains] }), present });
};
const names = (rules: Ruleset, hook: Hook = 'prerouting') =>
  baseChains(rules, 'ip', hook).chains.map((each) => each.chain.name);
const stages = (rules: Ruleset, hook: Hook = 'prerouting') =>
  hookStages(rules, 'ip', hook).stages.map((stage) =>
    stage.kind === 'conntrack'
      ? 'conntrack'
      : `${stage.kind} ${stage.chains.map((each) => each.chain.name).join(' ')}`.trim(),
  );

describe('order of base chains', () => {
  test('is that of priorities', () => {
    expect(names(ruleset(chain('a', 'late', 10), chain('b', 'early', -10)))).toEqual(['early', 'late']);
  });

  test('at equal priority the chain registered last runs first', () => {
    expect(names(ruleset(chain('a', 'first', 0), chain('b', 'second', 0)))).toEqual(['second', 'first']);
  });

  test('NAT chains run at the priority of NAT, their own only orders them', () => {
    const rules = ruleset(chain('a', 'nat', -350, 'nat'), chain('b', 'filter', -120), chain('c', 'nat2', -360, 'nat'));
    expect(names(rules)).toEqual(['filter', 'nat2', 'nat']);
  });

  test('chains of legacy and nft at one priority are told to be ambiguous, unless the kernel tells', () => {
    const text = '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n';
    const nft = JSON.stringify({
      nftables: [{ table: { family: 'ip', name: 't' } }, chain('t', 'c', 0, 'filter', 'forward')],
    });
    const hooks =
      'family ip {\n\thook forward {\n\t\t 0000000000 iptable_filter_hook [iptable_filter]\n\t\t 0000000000 chain ip t c [nf_tables]\n\t}\n}\n';
    const blind = parseRuleset({ iptablesLegacy: text, nft, present });
    expect(baseChains(blind, 'ip', 'forward').ambiguous).toHaveLength(1);
    const told = parseRuleset({ iptablesLegacy: text, nft, nftHooks: hooks, present });
    expect(baseChains(told, 'ip', 'forward').ambiguous).toEqual([]);
    expect(names(told, 'forward')).toEqual(['FORWARD', 'c']);
  });

  test('tables of other families and dormant tables are left out', () => {
    const rules = parseRuleset({
      nft: JSON.stringify({
        nftables: [
          { table: { family: 'ip6', name: 'six' } },
          { chain: { family: 'ip6', table: 'six', name: 'x', type: 'filter', hook: 'forward', prio: 0 } },
          { table: { family: 'inet', name: 'asleep', flags: ['dormant'] } },
          { chain: { family: 'inet', table: 'asleep', name: 'y', type: 'filter', hook: 'forward', prio: 0 } },
        ],
      }),
      present,
    });
    expect(names(rules, 'forward')).toEqual([]);
    expect(baseChains(rules, 'ip6', 'forward').chains).toHaveLength(1);
  });
});

describe('stages', () => {
  test('prerouting: raw, conntrack, mangle, nat, what follows', () => {
    const rules = ruleset(
      chain('a', 'raw', -300),
      chain('a', 'mangle', -150),
      chain('a', 'nat', -100, 'nat'),
      chain('a', 'filter', 10),
    );
    expect(stages(rules)).toEqual(['chains raw', 'conntrack', 'chains mangle', 'nat nat', 'chains filter']);
  });

  test('a hook without rules still looks packets up and may translate', () => {
    expect(stages(ruleset())).toEqual(['conntrack', 'nat']);
    expect(stages(ruleset(), 'forward')).toEqual([]);
    expect(stages(ruleset(), 'postrouting')).toEqual(['nat']);
    expect(stages(ruleset(), 'input')).toEqual(['nat']);
  });

  test('postrouting: mangle before, the rest behind source NAT', () => {
    const rules = ruleset(
      chain('a', 'mangle', -150, 'filter', 'postrouting'),
      chain('a', 'nat', 100, 'nat', 'postrouting'),
      chain('a', 'after', 300, 'filter', 'postrouting'),
    );
    expect(stages(rules, 'postrouting')).toEqual(['chains mangle', 'nat nat', 'chains after']);
  });
});
