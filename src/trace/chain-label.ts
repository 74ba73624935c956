/** Who made the rule that decided and what for, in the words of `systems/`. */
import type { NetnsId } from '../model/ids.ts';
import type { RuleName } from '../netfilter/hook-result.ts';
import { labelChain, labelRule } from '../systems/labels.ts';
import type { World } from './world.ts';
import { remember } from './world.ts';

export interface ChainLabel {
  readonly madeBy: string;
  readonly purpose: string;
}

/** The rule's own purpose where one is known, else that of its chain. A policy is the chain's. */
export const chainLabel = (world: World, netns: NetnsId, name: RuleName): ChainLabel | undefined =>
  remember(
    world.view(netns).memo,
    `label ${name.backend} ${name.family} ${name.table} ${name.chain} ${name.index}`,
    () => {
      const { ruleset } = world.view(netns).ruleset();
      const table = ruleset?.tables.find(
        (one) => one.backend === name.backend && one.family === name.family && one.name === name.table,
      );
      const chain = table?.chains.get(name.chain);
      if (table === undefined || chain === undefined) return undefined;
      const rule = chain.rules.find((one) => one.index === name.index);
      const label =
        (rule && labelRule(world.graph, netns, table, chain, rule)) ?? labelChain(world.graph, netns, table, chain);
      return label && { madeBy: label.madeBy, purpose: label.purpose };
    },
  );
