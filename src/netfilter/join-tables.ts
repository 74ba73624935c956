/** Tables that both iptables-save (nft backend) and nft print → one of each, every rule as the tool tells it that loses nothing of it. */
import type { Chain, Rule, Table } from '../model/ruleset.ts';
import { builtinChain } from './iptables/builtin-chain.ts';
import { isObject } from './nft/json.ts';

const keyOf = (table: Table): string => `${table.family} ${table.name}`;

const remark = /^# Table [`']([^'`]+)['`] (?:is incompatible|contains incompatible)/gm;

/**
 * Tables of which iptables-save says that somebody put native rules or chains into them (iptables/nft.c: nft_is_table_compatible). What it
 * prints of such a table are the built-in chains it would have, empty: no word of what is in the kernel.
 */
export const foreignTables = (saved: string): readonly string[] =>
  [...saved.matchAll(remark)].map(([, name = '']) => name);

const holds = (rule: Rule, expression: string): boolean =>
  rule.expressions?.some((each) => isObject(each) && Object.hasOwn(each, expression)) === true;

/** iptables-nft gives every rule a counter (nft.c: add_counters), people rarely do. */
const isOfNft = (rule: Rule): boolean => !holds(rule, 'counter');

const isBuiltin = ({ name }: Table, chain: Chain): boolean => {
  const { base } = chain;
  if (base === undefined) return true;
  const builtin = builtinChain(name, chain.name, base.policy);
  return builtin?.hook === base.hook && builtin.type === base.type && builtin.priority === base.priority;
};

/**
 * iptables-save leaves out base chains that are not iptables' own, and prints native rules without the parts it has no words for
 * (`udp length 8 drop` as `-p udp -j DROP`).
 */
const hasForeignParts = (table: Table): boolean =>
  [...table.chains.values()].some((chain) => !isBuiltin(table, chain) || chain.rules.some(isOfNft));

/** nft does not tell the arguments of iptables' extensions: these rules are taken from the save, where its chain has as many. */
const withSaved = (listed: Table, saved: Table | undefined): Table => {
  const chains = new Map<string, Chain>();
  for (const chain of listed.chains.values()) {
    const there = saved?.chains.get(chain.name);
    const fits = isBuiltin(listed, chain) && there?.rules.length === chain.rules.length;
    const rules = fits
      ? chain.rules.map((rule, at) => (holds(rule, 'xt') ? (there.rules[at] ?? rule) : rule))
      : chain.rules;
    chains.set(chain.name, { ...chain, rules });
  }
  return { ...listed, chains };
};

const isManaged = (listed: Table, saved: Table | undefined): saved is Table =>
  saved !== undefined && !hasForeignParts(listed);

/**
 * `managed`: as iptables-save printed them; `foreign`: those of them (`family name`) it refused. A refused table that nft did not list is
 * left out: it is not known what is in it.
 */
export const joinTables = (
  listed: readonly Table[],
  managed: readonly Table[],
  foreign: ReadonlySet<string>,
): readonly Table[] => {
  const own = new Map(managed.map((table) => [keyOf(table), table]));
  const joined = listed.map((table) => {
    const saved = own.get(keyOf(table));
    own.delete(keyOf(table));
    return isManaged(table, saved) && !foreign.has(keyOf(table)) ? saved : withSaved(table, saved);
  });
  return [...joined, ...[...own.values()].filter((table) => !foreign.has(keyOf(table)))];
};
