/** Who made a rule or chain and what for, in the words of `systems/`. */
import type { NetnsId } from '../model/ids.ts';
import type { RuleName } from '../netfilter/hook-result.ts';
import { labelChain, labelRule } from '../systems/labels.ts';
import type { World } from './world.ts';
import { remember } from './world.ts';

export interface ChainLabel {
  readonly madeBy?: string;
  readonly purpose?: string;
}

const find = (world: World, netns: NetnsId, name: RuleName): ChainLabel | undefined => {
  const table = world
    .view(netns)
    .ruleset()
    .ruleset?.tables.find(
      (one) => one.backend === name.backend && one.family === name.family && one.name === name.table,
    );
  const chain = table?.chains.get(name.chain);
  if (table === undefined || chain === undefined) return undefined;
  const rule = chain.rules.find((one) => one.index === name.index);
  const own = rule === undefined ? undefined : labelRule(world.graph, netns, table, chain, rule);
  return own ?? labelChain(world.graph, netns, table, chain);
};

/** The rule's own label where there is one, else its chain's. */
export const chainLabel = (world: World, netns: NetnsId, name: RuleName): ChainLabel | undefined =>
  remember(
    world.view(netns).memo,
    `label ${name.backend} ${name.family} ${name.table} ${name.chain} ${name.index}`,
    () => find(world, netns, name),
  );
