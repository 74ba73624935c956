/** What if a rule were not there: the ruleset without the rules a person named. */
import type { Chain, Rule, Ruleset, Table } from '../../model/ruleset.ts';

/** `table/chain/index`, `chain:index`, or the rule's text (`-A FORWARD …`, with or without the `-A CHAIN`). */
export const namesRule = (name: string, table: Table, chain: Chain, rule: Rule): boolean => {
  const wanted = name.trim();
  const byPlace = [`${table.name}/${chain.name}/${rule.index}`, `${chain.name}:${rule.index}`];
  const byFamily = byPlace.map((place) => `${table.family} ${place}`);
  if ([...byPlace, ...byFamily].includes(wanted)) return true;
  const text = rule.text.trim();
  return wanted === text || `-A ${chain.name} ${wanted}` === text;
};

const without = (table: Table, names: readonly string[]): Table => {
  const chains = new Map<string, Chain>();
  for (const chain of table.chains.values()) {
    // Positions stay those of the host: the answer speaks of its rules.
    chains.set(chain.name, {
      ...chain,
      rules: chain.rules.filter((rule) => !names.some((name) => namesRule(name, table, chain, rule))),
    });
  }
  return { ...table, chains };
};

/** Does any rule of the ruleset go by that name? */
export const hasRule = (ruleset: Ruleset, name: string): boolean =>
  ruleset.tables.some((table) =>
    [...table.chains.values()].some((chain) => chain.rules.some((rule) => namesRule(name, table, chain, rule))),
  );

export const withoutRules = (ruleset: Ruleset, names: readonly string[]): Ruleset =>
  names.length === 0 ? ruleset : { ...ruleset, tables: ruleset.tables.map((table) => without(table, names)) };
