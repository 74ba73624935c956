/** The rules of one netns arranged for evaluation: parsed once, stages of each hook worked out once. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Hook, Ruleset } from '../../model/ruleset.ts';
import type { RulesetText } from '../../model/ruleset-text.ts';
import type { HookedChain } from '../../netfilter/hook-result.ts';
import type { HookStages } from '../../netfilter/hook-stages.ts';
import { baseChains, hookStages } from '../../netfilter/hook-stages.ts';
import { needsConntrack } from '../../netfilter/needs-conntrack.ts';
import { parseRuleset } from '../../netfilter/parse-ruleset.ts';
import { withoutRules } from './without-rules.ts';

export type RuleFamily = 'ip' | 'ip6' | 'bridge' | 'netdev';

export interface CompiledRuleset {
  /** undefined: the rules of this netns were not read. */
  readonly ruleset: Ruleset | undefined;
  /** A table packets of the family meet that is in the kernel, though no tool told what is in it. */
  unread(family: RuleFamily): string | undefined;
  stages(family: RuleFamily, hook: Hook): HookStages;
  /** Base chains on links, in order; each says which links it is on. */
  linkChains(hook: 'ingress' | 'egress'): readonly HookedChain[];
  tracksConnections(family: RuleFamily): boolean;
}

const familiesOf: Readonly<Record<RuleFamily, readonly string[]>> = {
  ip: ['ip', 'inet'],
  ip6: ['ip6', 'inet'],
  bridge: ['bridge'],
  netdev: ['netdev'],
};

const findUnread = ({ present }: RulesetText, { tables }: Ruleset, family: RuleFamily): string | undefined => {
  const told = new Set(tables.map((table) => `${table.backend === 'iptables-legacy'} ${table.family} ${table.name}`));
  const legacy = family === 'ip' ? present.legacyTables : family === 'ip6' ? present.legacyTables6 : [];
  const unread = present.nftTables.find(
    (table) => familiesOf[family].includes(table.family) && !told.has(`false ${table.family} ${table.name}`),
  );
  if (unread !== undefined) return `${unread.family} ${unread.name}`;
  const old = legacy.find((name) => !told.has(`true ${family} ${name}`));
  return old === undefined ? undefined : `${family} ${old} (iptables-legacy)`;
};

export const compileRuleset = (node: NetnsNode, without: readonly string[]): CompiledRuleset => {
  const text = node.facts.ruleset;
  const ruleset = text && withoutRules(parseRuleset(text), without);
  const stages = new Map<string, HookStages>();
  const onLinks = new Map<Hook, readonly HookedChain[]>();
  const tracks = new Map<RuleFamily, boolean>();
  const unread = new Map<RuleFamily, string | undefined>();
  return {
    ruleset,
    unread: (family) => {
      if (text === undefined || ruleset === undefined) return undefined;
      if (!unread.has(family)) unread.set(family, findUnread(text, ruleset, family));
      return unread.get(family);
    },
    stages: (family, hook) => {
      const key = `${family} ${hook}`;
      const known = stages.get(key) ?? (ruleset ? hookStages(ruleset, family, hook) : { stages: [], ambiguous: [] });
      stages.set(key, known);
      return known;
    },
    linkChains: (hook) => {
      const known = onLinks.get(hook) ?? (ruleset ? baseChains(ruleset, 'netdev', hook).chains : []);
      onLinks.set(hook, known);
      return known;
    },
    tracksConnections: (family) => {
      const known = tracks.get(family) ?? (ruleset ? needsConntrack(ruleset, family) : false);
      tracks.set(family, known);
      return known;
    },
  };
};
