/** Who made a chain and what for, in the words of `systems/`. */
import type { NetnsId } from '../model/ids.ts';
import type { RuleName } from '../netfilter/hook-result.ts';
import type { World } from './world.ts';

export interface ChainLabel {
  readonly madeBy?: string;
  readonly purpose?: string;
}

export const chainLabel = (_world: World, _netns: NetnsId, _name: RuleName): ChainLabel | undefined => undefined;
