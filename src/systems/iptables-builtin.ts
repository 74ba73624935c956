/** The built-in chains of iptables' tables: the kernel's hooks, which belong to nobody. */
import { labelOf, type System } from './system.ts';

const kernel = labelOf('iptables');

const where: Readonly<Record<string, string>> = {
  PREROUTING: 'every packet that comes in, before routing',
  INPUT: 'packets for this netns itself',
  FORWARD: 'packets that pass through from one link to another',
  OUTPUT: 'packets made in this netns',
  POSTROUTING: 'every packet on its way out, after routing',
};

const what: Readonly<Record<string, string>> = {
  raw: 'before connections are tracked',
  mangle: 'to be altered',
  nat: 'first packets of connections only, to get another address',
  filter: 'to be accepted or dropped',
  security: "for the security module's marks",
};

export const iptablesBuiltin: System = {
  name: 'iptables built-in chains',
  labelChain({ table, chain }) {
    if (table.backend === 'nft') return undefined;
    const packets = where[chain.name];
    const purpose = what[table.name];
    return packets === undefined || purpose === undefined ? undefined : kernel(`built-in: ${packets}, ${purpose}`);
  },
};
