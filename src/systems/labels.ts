/** Who made this, and what for: the questions the views, the commands and the trace ask. */
import type { Graph } from '../graph/graph.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import type { Route } from '../model/route.ts';
import type { Chain, Rule, Table } from '../model/ruleset.ts';
import { allSystems } from './all-systems.ts';
import { namesIn } from './names.ts';
import { readRuleWords } from './rule-words.ts';
import type { Label, RuleSubject, System } from './system.ts';

function firstAnswer(ask: (system: System) => Label | undefined): Label | undefined {
  for (const system of allSystems) {
    const label = ask(system);
    if (label !== undefined) return label;
  }
  return undefined;
}

/** Native nft tables only: iptables' tables belong to nobody. */
export function labelTable(graph: Graph | undefined, netns: NetnsId | undefined, table: Table): Label | undefined {
  const names = namesIn(graph, netns);
  return firstAnswer((system) => system.labelTable?.({ table, names }));
}

/** Without a graph, links and addresses are called by their own names. */
export function labelChain(
  graph: Graph | undefined,
  netns: NetnsId | undefined,
  table: Table,
  chain: Chain,
): Label | undefined {
  const names = namesIn(graph, netns);
  return firstAnswer((system) => system.labelChain?.({ table, chain, names }));
}

/** undefined: nobody here knows what this one rule is for; its chain may still have a label. */
export function labelRule(
  graph: Graph | undefined,
  netns: NetnsId | undefined,
  table: Table,
  chain: Chain,
  rule: Rule,
): Label | undefined {
  const words = readRuleWords(rule.text, table.backend === 'nft' ? 'nft' : 'iptables');
  const subject: RuleSubject = { table, chain, rule, words, names: namesIn(graph, netns) };
  const own = firstAnswer((system) => system.labelRule?.(subject));
  if (own !== undefined) return own;
  const target = words.target === undefined ? undefined : table.chains.get(words.target);
  return target === undefined || target === chain ? undefined : labelChain(graph, netns, table, target);
}

export function labelLink(graph: Graph, id: LinkId): Label | undefined {
  const link = graph.links.get(id);
  const netns = link === undefined ? undefined : graph.netns.get(link.netns);
  if (link === undefined || netns === undefined) return undefined;
  const subject = { graph, link, netns, names: namesIn(graph, link.netns) };
  return firstAnswer((system) => system.labelLink?.(subject));
}

export function labelNetns(graph: Graph, id: NetnsId): Label | undefined {
  const netns = graph.netns.get(id);
  return netns === undefined ? undefined : firstAnswer((system) => system.labelNetns?.({ graph, netns }));
}

/** `routes`: all of the same netns and family, which show makers that leave no mark on a single route. */
export function labelRoute(route: Route, routes: readonly Route[]): Label | undefined {
  return firstAnswer((system) => system.labelRoute?.({ route, routes }));
}
