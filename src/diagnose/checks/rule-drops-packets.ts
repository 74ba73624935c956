/** A rule throws packets away while we look. */
import type { Rule, Ruleset, Table } from '../../model/ruleset.ts';
import type { Check } from '../check.ts';
import { allRules, type ReadRule } from '../engine-rules.ts';
import { type HostView, rulesetOf, where } from '../host-view.ts';

/** As many as a person reads; those that drop most. */
const mostRules = 10;

interface Rising {
  readonly read: ReadRule;
  readonly packets: number;
}

/** The rule itself: by its number where the kernel gives one, else by its words; positions move. */
const nameOf = (table: Table, chain: string, rule: Rule): string =>
  `${table.backend} ${table.family} ${table.name} ${chain} ${rule.handle ?? withoutCounts(rule.text)}`;

const withoutCounts = (text: string): string =>
  text.replace(/^\[\d+:\d+\] /, '').replace(/\bcounter packets \d+ bytes \d+/g, 'counter');

const dropping: ReadonlySet<string> = new Set(['DROP', 'REJECT']);

function dropsOf(ruleset: Ruleset | undefined): ReadonlyMap<string, readonly ReadRule[]> {
  const found = new Map<string, ReadRule[]>();
  for (const read of ruleset === undefined ? [] : allRules(ruleset, () => true)) {
    if (read.rule.counters === undefined || !dropping.has(read.words.target ?? '')) continue;
    const name = nameOf(read.table, read.chain.name, read.rule);
    found.set(name, [...(found.get(name) ?? []), read]);
  }
  return found;
}

function risingIn({ home, earlier }: HostView): readonly Rising[] {
  if (home === undefined || earlier === undefined) return [];
  const before = dropsOf(rulesetOf(earlier.home));
  return [...dropsOf(rulesetOf(home))]
    .flatMap(([name, rules]) =>
      rules.map((read, n) => {
        // Equal rules of one chain are compared in their order; a rule that is new counted since it was written.
        const old = before.get(name)?.[n]?.rule.counters?.packets ?? 0;
        return { read, packets: (read.rule.counters?.packets ?? 0) - old };
      }),
    )
    .filter(({ packets }) => packets > 0)
    .sort((a, b) => b.packets - a.packets)
    .slice(0, mostRules);
}

export const ruleDropsPackets: Check = {
  id: 'rule-drops-packets',
  severity: 'info',
  comparesPictures: true,
  about:
    'Rules count what they match. A rule that drops or rejects and whose counter rises while we look is throwing packets away now: mostly what it is there ' +
    'for, sometimes the connection somebody is missing.',
  not: [
    'counts of long ago, which do not rise',
    'rules that let packets pass',
    'counters that start again, because the rules were loaded anew',
  ],
  references: ['man 8 iptables (-v)', 'man 8 nft (counter)'],
  needs: ['ruleset'],
  find: (view) =>
    risingIn(view).map(({ read: { table, chain, rule }, packets }) => ({
      subject: `${table.name}/${chain.name}/${rule.index}`,
      title: `${table.name} ${chain.name} rule ${rule.index} dropped ${packets} ${packets === 1 ? 'packet' : 'packets'} in ${view.earlier?.seconds} s`,
      why: 'Whoever waits for these packets waits in vain; whether that is meant only its author knows.',
      evidence: [
        {
          fact: withoutCounts(rule.text),
          source: `${table.backend}, table ${table.family} ${table.name}, chain ${chain.name} ${where(view.home)}`,
          ...(view.home === undefined ? {} : { netns: view.home.id }),
        },
        { fact: `${packets} packets in ${view.earlier?.seconds} s`, source: 'the counter of the rule, read twice' },
      ],
      remedies: [],
      affects: ['host'],
    })),
};
