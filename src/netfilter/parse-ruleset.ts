/** All packet filter rules of one netns: every backend's text → one ruleset, with gaps for what made no sense. */
import type { Gap } from '../model/gap.ts';
import type { Ruleset, Table } from '../model/ruleset.ts';
import type { RulesetText } from '../model/ruleset-text.ts';
import type { NamedSet } from '../model/statement.ts';
import { parseIptablesSave, type SaveSource } from './iptables/parse-iptables-save.ts';
import { foreignTables, joinTables } from './join-tables.ts';
import { parseNftJson } from './nft/parse-nft-json.ts';
import { parseHookOrder } from './parse-hook-order.ts';
import { parseIpsets } from './parse-ipsets.ts';

/** Never throws. An absent text is no rules; collect's gaps say whether it could be read. */
export function parseRuleset(text: RulesetText): Ruleset {
  const gaps: Gap[] = [];
  const keep = (parsed: { readonly tables: readonly Table[]; readonly gaps: readonly Gap[] }): readonly Table[] => {
    gaps.push(...parsed.gaps);
    return parsed.tables;
  };
  const save = (saved: string | undefined, source: SaveSource): readonly Table[] =>
    saved === undefined ? [] : keep(parseIptablesSave(saved, source));

  const listed = text.nft === undefined ? [] : keep(parseNftJson(text.nft));
  const managed = [
    ...save(text.iptablesNft, { family: 'ip', backend: 'iptables-nft' }),
    ...save(text.ip6tablesNft, { family: 'ip6', backend: 'iptables-nft' }),
  ];
  const legacy = [
    ...save(text.iptablesLegacy, { family: 'ip', backend: 'iptables-legacy' }),
    ...save(text.ip6tablesLegacy, { family: 'ip6', backend: 'iptables-legacy' }),
  ];
  const foreign = new Set([
    ...foreignTables(text.iptablesNft ?? '').map((name) => `ip ${name}`),
    ...foreignTables(text.ip6tablesNft ?? '').map((name) => `ip6 ${name}`),
  ]);
  const joined = placed(joinTables(listed, managed, foreign), 0);
  const ipsets = text.ipsets === undefined ? undefined : parseIpsets(text.ipsets);
  gaps.push(...(ipsets?.gaps ?? []));
  const hookOrder = text.nftHooks === undefined ? undefined : parseHookOrder(text.nftHooks);
  return {
    tables: [...joined, ...placed(legacy, joined.length)],
    ipsets: ipsets?.sets ?? new Map<string, NamedSet>(),
    ...(hookOrder !== undefined && { hookOrder }),
    gaps,
  };
}

const placed = (tables: readonly Table[], from: number): readonly Table[] =>
  tables.map((table, n) => ({ ...table, position: from + n }));
