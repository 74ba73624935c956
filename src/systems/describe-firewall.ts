/** What the packet filter of one netns consists of: which systems wrote into it, Docker's layout, and what was left behind. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Ruleset, RulesetBackend, Table } from '../model/ruleset.ts';
import { type DockerRules, findDockerRules } from './docker-layout.ts';
import { findLeftovers, type Leftover } from './find-leftovers.ts';
import { labelChain, labelTable } from './labels.ts';

export interface SystemRules {
  /** As labels name it: `Docker`, `ufw`. */
  readonly madeBy: string;
  readonly backends: readonly RulesetBackend[];
  readonly chains: number;
  readonly rules: number;
}

export interface FirewallDescription {
  /** By number of rules, most first; the built-in chains of iptables are nobody's and left out. */
  readonly systems: readonly SystemRules[];
  readonly docker: readonly DockerRules[];
  /** Policies other than accept, as `ip filter FORWARD`. */
  readonly dropPolicies: readonly { readonly chain: string; readonly backend: RulesetBackend }[];
  readonly leftovers: readonly Leftover[];
}

const notASystem = new Set(['iptables']);

interface Count {
  readonly backends: Set<RulesetBackend>;
  chains: number;
  rules: number;
}

function countTable(
  graph: Graph | undefined,
  netns: NetnsId | undefined,
  table: Table,
  counts: Map<string, Count>,
): void {
  const count = (madeBy: string): Count => {
    const before = counts.get(madeBy) ?? { backends: new Set(), chains: 0, rules: 0 };
    counts.set(madeBy, before);
    before.backends.add(table.backend);
    return before;
  };
  const whole = labelTable(graph, netns, table);
  if (whole !== undefined) count(whole.madeBy);
  for (const chain of table.chains.values()) {
    const madeBy = labelChain(graph, netns, table, chain)?.madeBy;
    if (madeBy === undefined || notASystem.has(madeBy)) continue;
    const into = count(madeBy);
    into.chains += 1;
    into.rules += chain.rules.length;
  }
}

export function describeFirewall(
  graph: Graph | undefined,
  netns: NetnsId | undefined,
  ruleset: Ruleset,
): FirewallDescription {
  const counts = new Map<string, Count>();
  const dropPolicies: { readonly chain: string; readonly backend: RulesetBackend }[] = [];
  for (const table of ruleset.tables) {
    countTable(graph, netns, table, counts);
    for (const chain of table.chains.values()) {
      if (chain.base?.policy === 'drop')
        dropPolicies.push({ chain: `${table.family} ${table.name} ${chain.name}`, backend: table.backend });
    }
  }
  const systems = [...counts].map(([madeBy, count]) => ({
    madeBy,
    backends: [...count.backends],
    chains: count.chains,
    rules: count.rules,
  }));
  systems.sort((a, b) => b.rules - a.rules || a.madeBy.localeCompare(b.madeBy));
  return { systems, docker: findDockerRules(ruleset), dropPolicies, leftovers: findLeftovers(graph, netns, ruleset) };
}
