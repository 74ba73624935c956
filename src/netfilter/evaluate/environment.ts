/** What a rule refers to by name: the sets of its table, the ipsets of its netns. */
import type { NamedSet, Table } from '../../model/ruleset.ts';

export interface Environment {
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly ipsets: ReadonlyMap<string, NamedSet>;
  readonly iptables: boolean;
  readonly bridgeFamily: boolean;
}

export const environmentOf = (table: Table, ipsets: ReadonlyMap<string, NamedSet>): Environment => ({
  sets: table.sets,
  ipsets,
  iptables: table.backend !== 'nft',
  bridgeFamily: table.family === 'bridge' || table.family === 'netdev',
});
