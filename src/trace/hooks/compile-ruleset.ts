/** The rules of one netns arranged for evaluation: parsed once, stages of each hook worked out once. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Hook, Ruleset } from '../../model/ruleset.ts';
import type { HookStages } from '../../netfilter/hook-stages.ts';
import { hookStages } from '../../netfilter/hook-stages.ts';
import { needsConntrack } from '../../netfilter/needs-conntrack.ts';
import { parseRuleset } from '../../netfilter/parse-ruleset.ts';
import { withoutRules } from './without-rules.ts';

export type RuleFamily = 'ip' | 'ip6' | 'bridge';

export interface CompiledRuleset {
  /** undefined: the rules of this netns were not read. */
  readonly ruleset: Ruleset | undefined;
  stages(family: RuleFamily, hook: Hook): HookStages;
  tracksConnections(family: RuleFamily): boolean;
}

export const compileRuleset = (node: NetnsNode, without: readonly string[]): CompiledRuleset => {
  const text = node.facts.ruleset;
  const ruleset = text && withoutRules(parseRuleset(text), without);
  const stages = new Map<string, HookStages>();
  const tracks = new Map<RuleFamily, boolean>();
  return {
    ruleset,
    stages: (family, hook) => {
      const key = `${family} ${hook}`;
      const known = stages.get(key) ?? (ruleset ? hookStages(ruleset, family, hook) : { stages: [], ambiguous: [] });
      stages.set(key, known);
      return known;
    },
    tracksConnections: (family) => {
      const known = tracks.get(family) ?? (ruleset ? needsConntrack(ruleset, family) : false);
      tracks.set(family, known);
      return known;
    },
  };
};
