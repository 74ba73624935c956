/** Parsed rulesets for the screen: parsed once per text, chains in the order a packet meets them, keys for each rule. */
import type { Chain, Rule, Ruleset, Table } from '../model/ruleset.ts';
import type { RulesetText } from '../model/ruleset-text.ts';
import { parseRuleset } from '../netfilter/parse-ruleset.ts';

const parsed = new WeakMap<RulesetText, Ruleset>();

export const rulesetOf = (text: RulesetText): Ruleset => {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const ruleset = parseRuleset(text);
  parsed.set(text, ruleset);
  return ruleset;
};

export const chainKey = (table: Table, chain: Chain): string =>
  `${table.backend} ${table.family} ${table.name} ${chain.name}`;

export const ruleKey = (table: Table, chain: Chain, rule: Rule): string => `${chainKey(table, chain)} ${rule.index}`;

const hookOrder = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'];

/** Base chains by hook and priority, each followed by the chains it leads to that nobody led to before. */
export const chainsInOrder = (table: Table): readonly Chain[] => {
  const chains = [...table.chains.values()];
  const bases = chains
    .filter((chain) => chain.base !== undefined)
    .toSorted(
      (a, b) =>
        hookOrder.indexOf(a.base!.hook) - hookOrder.indexOf(b.base!.hook) || a.base!.priority - b.base!.priority,
    );
  const ordered = new Set<Chain>();
  const names = new Set(table.chains.keys());
  const visit = (chain: Chain): void => {
    if (ordered.has(chain)) return;
    ordered.add(chain);
    for (const rule of chain.rules) {
      for (const word of rule.text.split(/[\s,{}]+/)) {
        if (names.has(word) && word !== chain.name) visit(table.chains.get(word)!);
      }
    }
  };
  for (const base of bases) visit(base);
  for (const chain of chains) visit(chain);
  return [...ordered];
};

export interface FoundRule {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule?: Rule;
}

export const findRule = (text: RulesetText | undefined, id: string): FoundRule | undefined => {
  if (text === undefined) return undefined;
  for (const table of rulesetOf(text).tables) {
    for (const chain of table.chains.values()) {
      const key = chainKey(table, chain);
      if (id === key) return { table, chain };
      if (!id.startsWith(`${key} `)) continue;
      const rule = chain.rules.find((candidate) => ruleKey(table, chain, candidate) === id);
      if (rule !== undefined) return { table, chain, rule };
    }
  }
  return undefined;
};
