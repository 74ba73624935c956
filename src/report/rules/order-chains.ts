/** Chains of a ruleset in the order a packet meets them: by hook, then priority, each followed by the chains it leads to. */
import type { Chain, Hook, Rule, Ruleset, Table } from '../../model/ruleset.ts';

export interface PlacedChain {
  readonly table: Table;
  readonly chain: Chain;
}

const hooks: readonly Hook[] = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'];

/** The chains of its table that a rule names: what follows -j, -g, jump, goto, also in verdict maps. */
const ledTo = (table: Table, rule: Rule): readonly Chain[] =>
  rule.text.split(/[\s,{}:;]+/).flatMap((word) => {
    const chain = table.chains.get(word);
    return chain === undefined || chain.base !== undefined ? [] : [chain];
  });

/** `keep`: rules that count; a chain is followed only through those. Chains that nothing leads to come last, unless `reachedOnly`. */
export const orderChains = (
  ruleset: Ruleset,
  keep: (table: Table, rule: Rule) => boolean = () => true,
  reachedOnly = false,
): readonly PlacedChain[] => {
  const bases = ruleset.tables
    .flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.base === undefined ? [] : [{ table, chain, base: chain.base }],
      ),
    )
    .toSorted(
      (a, b) =>
        hooks.indexOf(a.base.hook) - hooks.indexOf(b.base.hook) ||
        a.base.priority - b.base.priority ||
        a.table.position - b.table.position,
    );
  const placed = new Map<Chain, PlacedChain>();
  const place = (table: Table, chain: Chain): void => {
    if (placed.has(chain)) return;
    placed.set(chain, { table, chain });
    for (const rule of chain.rules) if (keep(table, rule)) for (const next of ledTo(table, rule)) place(table, next);
  };
  for (const { table, chain } of bases) place(table, chain);
  if (!reachedOnly) for (const table of ruleset.tables) for (const chain of table.chains.values()) place(table, chain);
  return [...placed.values()];
};
