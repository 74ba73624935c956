/** Tables and chains no system here claims: what the kernel says of them, and that they may be the operator's own. */
import type { BaseChain } from '../model/ruleset.ts';
import { labelOf, type System } from './system.ts';

const own = labelOf('not known here', 'name only');

const hooks: Readonly<Record<BaseChain['hook'], string>> = {
  prerouting: 'every packet that comes in, before routing',
  input: 'packets for this netns itself',
  forward: 'packets that pass through',
  output: 'packets made in this netns',
  postrouting: 'every packet on its way out',
  ingress: 'every frame as it comes in on a link',
  egress: 'every frame as it leaves by a link',
};

export const foreignTable: System = {
  name: 'foreign tables',
  labelTable({ table }) {
    return table.backend === 'nft' ? own('a table of the operator or of a program not known here') : undefined;
  },
  labelChain({ chain }) {
    if (chain.base === undefined) return own('a chain of the operator or of a program not known here');
    const policy = chain.base.policy === 'drop' ? '; what no rule accepts is dropped' : '';
    return own(`sees ${hooks[chain.base.hook]}${policy}`);
  },
};
