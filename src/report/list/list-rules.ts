/** `list rules`: every rule of every netns, in the order its tool prints them, with who made it and what for. */
import type { Graph, NetnsNode } from '../../graph/graph.ts';
import type { Chain, Counters, Table } from '../../model/ruleset.ts';
import { parseRuleset } from '../../netfilter/parse-ruleset.ts';
import { labelChain, labelRule } from '../../systems/labels.ts';
import { netnsRef, optional } from '../refs.ts';
import type { RuleRow } from '../schemas/list-schema.ts';

const counted = (counters: Counters | undefined) =>
  counters === undefined ? {} : { packets: counters.packets, bytes: counters.bytes };

const chainRows = (graph: Graph, node: NetnsNode, table: Table, chain: Chain): RuleRow[] => {
  const where = {
    netns: netnsRef(graph, node.id),
    backend: table.backend,
    family: table.family,
    table: table.name,
    chain: chain.name,
    ...(chain.base === undefined ? {} : { hook: chain.base.hook, priority: chain.base.priority }),
  };
  const chainLabel = labelChain(graph, node.id, table, chain);
  const rows = chain.rules.map((rule): RuleRow => {
    const label = labelRule(graph, node.id, table, chain, rule);
    return {
      ...where,
      index: rule.index,
      rule: rule.text,
      ...counted(rule.counters),
      ...optional('madeBy', (label ?? chainLabel)?.madeBy),
      ...optional('purpose', label?.purpose),
    };
  });
  if (chain.base === undefined) return rows;
  const policy = { ...where, index: 0, rule: `policy ${chain.base.policy}`, ...counted(chain.counters) };
  return [...rows, policy];
};

export const listRules = (graph: Graph): RuleRow[] =>
  [...graph.netns.values()].flatMap((node) =>
    node.facts.ruleset === undefined
      ? []
      : parseRuleset(node.facts.ruleset).tables.flatMap((table) =>
          [...table.chains.values()].flatMap((chain) => chainRows(graph, node, table, chain)),
        ),
  );
