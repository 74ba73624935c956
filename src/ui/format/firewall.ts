/** Which firewall backends are in use on a host, in a few words. */
import type { Graph } from '../../graph/graph.ts';
import type { HostId } from '../../model/ids.ts';
import type { RulesetText } from '../../model/ruleset-text.ts';
import { type Line, line, span } from './line.ts';

const iptablesNames = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

/** nft tables iptables-nft does not manage, by their usual names in the families it manages. */
const nativeTables = (ruleset: RulesetText): readonly string[] =>
  ruleset.present.nftTables
    .filter(
      (table) =>
        !(
          iptablesNames.has(table.name) &&
          (table.family === 'ip' || table.family === 'ip6') &&
          ruleset.iptablesNft !== undefined
        ),
    )
    .map((table) => `${table.family} ${table.name}`);

/** Backends whose tables exist: `iptables-nft`, `iptables-legacy`, `nft`. undefined: not read. */
export const firewallBackends = (ruleset: RulesetText | undefined): readonly string[] | undefined => {
  if (ruleset === undefined) return undefined;
  const legacy = ruleset.present.legacyTables.length + ruleset.present.legacyTables6.length > 0;
  return [
    ...(ruleset.iptablesNft !== undefined || ruleset.ip6tablesNft !== undefined ? ['iptables-nft'] : []),
    ...(legacy || ruleset.iptablesLegacy !== undefined ? ['iptables-legacy'] : []),
    ...(nativeTables(ruleset).length > 0 ? ['nft'] : []),
  ];
};

const rulesetOf = (graph: Graph, host: HostId): RulesetText | undefined => {
  const netns = graph.hosts.get(host)?.netns;
  return netns === undefined ? undefined : graph.netns.get(netns)?.facts.ruleset;
};

export const firewallWord = (graph: Graph, host: HostId): string => {
  const backends = firewallBackends(rulesetOf(graph, host));
  if (backends === undefined) return 'firewall ?';
  return backends.length === 0 ? 'no firewall' : backends.join('+');
};

export const firewallText = (graph: Graph, host: HostId): Line => {
  const ruleset = rulesetOf(graph, host);
  const backends = firewallBackends(ruleset);
  if (ruleset === undefined || backends === undefined) return line(span('? rules were not read', 'doubt'));
  if (backends.length === 0) return line('no rules in any backend');
  const native = nativeTables(ruleset);
  return line(
    backends.join(' and '),
    native.length > 0 && span(`  nft tables: ${native.join(', ')}`, 'dim'),
    backends.includes('iptables-legacy') && backends.length > 1 && span('  both are evaluated', 'warn'),
  );
};
