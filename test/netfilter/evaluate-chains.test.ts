import { describe, expect, test } from 'vitest';
import type { HookResult } from '../../src/netfilter/hook-result.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';
import { around, evaluate, iptables, present, syn } from './sample-packets.ts';

const filter = (policy: 'ACCEPT' | 'DROP', ...rules: readonly string[]) => {
  const chains = [...new Set(rules.map((rule) => rule.split(' ')[1]!))].filter((name) => name !== 'FORWARD');
  const declared = chains.map((name) => `:${name} - [0:0]\n`).join('');
  return iptables(`*filter\n:FORWARD ${policy} [0:0]\n${declared}${rules.join('\n')}\nCOMMIT\n`);
};

const path = (result: HookResult): string[] =>
  result.steps.map((step) => `${step.at.chain} ${step.at.index} ${step.verdict}`);

describe('jumps', () => {
  test('the end of a chain returns behind the jump', () => {
    const rules = filter('ACCEPT', '-A FORWARD -j A', '-A FORWARD -j DROP', '-A A -p udp -j ACCEPT');
    expect(path(evaluate(rules))).toEqual(['FORWARD 1 jump', 'FORWARD 2 drop']);
  });

  test('RETURN leaves one chain, in a built-in chain it asks the policy', () => {
    const rules = filter(
      'DROP',
      '-A FORWARD -j A',
      '-A FORWARD -j RETURN',
      '-A FORWARD -j ACCEPT',
      '-A A -j RETURN',
      '-A A -j ACCEPT',
    );
    const result = evaluate(rules);
    expect(path(result)).toEqual(['FORWARD 1 jump', 'A 1 return', 'FORWARD 2 return', 'FORWARD 0 drop']);
    expect(result.decidedBy?.at).toMatchObject({ index: 0, rule: 'policy drop' });
  });

  test('the end of a chain that was gone to continues behind the last jump, not behind the goto', () => {
    const rules = filter(
      'ACCEPT',
      '-A FORWARD -j A',
      '-A FORWARD -p tcp -j REJECT',
      '-A A -g B',
      '-A A -j ACCEPT',
      '-A B -p udp -j ACCEPT',
    );
    expect(path(evaluate(rules))).toEqual(['FORWARD 1 jump', 'A 1 goto', 'FORWARD 2 reject']);
  });

  test('a chain gone to from a built-in chain ends with the policy', () => {
    const rules = filter('DROP', '-A FORWARD -g A', '-A FORWARD -j ACCEPT', '-A A -p udp -j ACCEPT');
    expect(path(evaluate(rules))).toEqual(['FORWARD 1 goto', 'FORWARD 0 drop']);
  });

  test('a chain that is not there, and jumps in a circle, are unknown', () => {
    const circle = filter('ACCEPT', '-A FORWARD -j A', '-A A -j B', '-A B -j A');
    expect(evaluate(circle)).toMatchObject({ verdict: 'unknown', dependsOn: expect.stringContaining('circles') });
    const goes = filter('ACCEPT', '-A FORWARD -g A', '-A A -g B', '-A B -g A');
    expect(evaluate(goes).verdict).toBe('unknown');
    expect(evaluate(filter('ACCEPT', '-A FORWARD -g GONE')).verdict).toBe('unknown');
  });
});

describe('several base chains', () => {
  const legacyDrop = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -j DROP\nCOMMIT\n';
  const accept = '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n';

  test('accept ends one table only, drop is final in either backend', () => {
    const both = parseRuleset({ iptablesNft: accept, iptablesLegacy: legacyDrop, present });
    expect(evaluate(both)).toMatchObject({ verdict: 'drop', decidedBy: { at: { backend: 'iptables-legacy' } } });
    const other = parseRuleset({ iptablesLegacy: accept, iptablesNft: legacyDrop, present });
    expect(evaluate(other)).toMatchObject({ verdict: 'drop', decidedBy: { at: { backend: 'iptables-nft' } } });
  });

  test('mangle comes before filter, marks are carried along', () => {
    const rules = iptables(
      '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m mark --mark 0x7 -j DROP\nCOMMIT\n*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j MARK --set-xmark 0x7/0xffffffff\nCOMMIT\n',
    );
    const result = evaluate(rules);
    expect(result.steps.map((step) => `${step.at.table} ${step.verdict}`)).toEqual([
      'mangle changed',
      'mangle accept',
      'filter drop',
    ]);
    expect(result.packet.mark).toBe(7);
  });

  test('no chains let everything through', () => {
    expect(evaluate(parseRuleset({ present }))).toMatchObject({ verdict: 'accept', steps: [] });
  });
});

describe('unknown matches', () => {
  const limit = '-m limit --limit 3/min';

  test('logging within a limit changes nothing', () => {
    const result = evaluate(filter('DROP', `-A FORWARD ${limit} -j LOG`, '-A FORWARD -j ACCEPT'));
    expect(result.verdict).toBe('accept');
    expect(result.steps[0]).toMatchObject({ matched: 'unknown', verdict: 'continue' });
  });

  test('both ways are followed, and one answer for both is certain', () => {
    const rules = filter('DROP', `-A FORWARD ${limit} -j RETURN`, '-A FORWARD -p tcp -j DROP');
    expect(evaluate(rules).verdict).toBe('drop');
  });

  test('two answers are unknown, with the rule and the reason', () => {
    const result = evaluate(filter('DROP', `-A FORWARD ${limit} -j ACCEPT`));
    expect(result.verdict).toBe('unknown');
    expect(result.dependsOn).toBe(`-A FORWARD ${limit} -j ACCEPT (how many packets came before)`);
    expect(result.decidedBy).toMatchObject({ matched: 'unknown', at: { index: 1 } });
    expect(result.alternatives.map((each) => each.verdict).sort()).toEqual(['accept', 'drop']);
  });

  test('a different mark is a different end', () => {
    const result = evaluate(filter('ACCEPT', `-A FORWARD ${limit} -j MARK --set-xmark 0x1/0xffffffff`));
    expect(result.alternatives.map((each) => each.packet.mark).sort()).toEqual([0, 1]);
  });

  test('many undecided rules that return to the same place are followed without growing', () => {
    const undecided = Array.from({ length: 300 }, (_, n) => `-A A -m limit --limit ${n + 1}/min -j RETURN`);
    const result = evaluate(filter('DROP', '-A FORWARD -j A', '-A FORWARD -p tcp -j ACCEPT', ...undecided));
    expect(result.verdict).toBe('accept');
  });

  test('too many different ends are unknown without alternatives', () => {
    const marks = Array.from({ length: 10 }, (_, n) => `-A FORWARD ${limit} -j MARK --set-xmark ${2 ** n}/${2 ** n}`);
    expect(evaluate(filter('ACCEPT', ...marks))).toMatchObject({ verdict: 'unknown', alternatives: [] });
  });

  test('a later no in the same rule settles it', () => {
    const rules = filter('ACCEPT', `-A FORWARD ${limit} -p tcp -m tcp --dport 81 -j DROP`);
    expect(evaluate(rules)).toMatchObject({ verdict: 'accept' });
  });
});

describe('a table that may be dormant', () => {
  const table = (flags: string, verdict: object) =>
    parseRuleset({
      nft: JSON.stringify({
        nftables: [
          { table: { family: 'ip', name: 't', flags } },
          {
            chain: { family: 'ip', table: 't', name: 'c', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' },
          },
          { rule: { family: 'ip', table: 't', chain: 'c', expr: [verdict] } },
        ],
      }),
      present,
    });

  test('makes its drop unknown, its accept does not matter', () => {
    const dropping = table('Lester Gooch', { drop: null });
    expect(dropping.gaps).toHaveLength(1);
    expect(evaluate(dropping)).toMatchObject({ verdict: 'unknown', dependsOn: 'whether table ip t is dormant' });
    expect(evaluate(table('Lester Gooch', { accept: null })).verdict).toBe('accept');
    expect(evaluate(table('dormant', { drop: null })).verdict).toBe('accept');
    expect(evaluate(table('owner', { drop: null })).verdict).toBe('drop');
  });
});

describe('rules that cannot be read', () => {
  test('keep their place and make the answer unknown, with a gap', () => {
    const rules = filter('ACCEPT', '-A FORWARD -p udp -j DROP', '-A FORWARD -s', '-A FORWARD -j DROP');
    expect(rules.gaps).toMatchObject([{ reason: 'invalid', detail: expect.stringContaining('-A FORWARD -s') }]);
    const result = evaluate(rules);
    expect(result.verdict).toBe('unknown');
    expect(result.decidedBy?.at.index).toBe(2);
  });
});

test('the packet is shown as it is after each step', () => {
  const rules = iptables(
    '*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j MARK --set-xmark 0x1/0xff\n-A FORWARD -j MARK --set-xmark 0x100/0xff00\nCOMMIT\n',
  );
  expect(evaluate(rules, syn(), around()).steps.map((step) => step.packet.mark)).toEqual([1, 0x101, 0x101]);
});
