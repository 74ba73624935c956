/** `vethscope rules [ENDPOINT]`: the firewall as evaluated, each chain labelled with who made it and why. */
import type { Graph, NetnsNode } from '../../graph/graph.ts';
import type { Chain, Counters, Rule, Table } from '../../model/ruleset.ts';
import { parseRuleset } from '../../netfilter/parse-ruleset.ts';
import { labelChain, labelRule } from '../../systems/labels.ts';
import { makeHead } from '../document.ts';
import { netnsRef, optional } from '../refs.ts';
import type { ChainEntry, RuleEntry } from '../schemas/rules-schema.ts';
import { canTouch } from './can-touch.ts';
import { orderChains } from './order-chains.ts';
import type { RulesSubject } from './rules-subject.ts';

const counted = (counters: Counters | undefined) =>
  counters === undefined ? {} : { packets: counters.packets, bytes: counters.bytes };

const ruleEntry = (graph: Graph, netns: NetnsNode, table: Table, chain: Chain, rule: Rule): RuleEntry => {
  const label = labelRule(graph, netns.id, table, chain, rule);
  return {
    index: rule.index,
    rule: rule.text,
    ...counted(rule.counters),
    ...optional('madeBy', label?.madeBy),
    ...optional('purpose', label?.purpose),
  };
};

const chainEntry = (
  graph: Graph,
  netns: NetnsNode,
  table: Table,
  chain: Chain,
  keep: (table: Table, rule: Rule) => boolean,
): ChainEntry => {
  const label = labelChain(graph, netns.id, table, chain);
  const { base } = chain;
  return {
    netns: netnsRef(graph, netns.id),
    backend: table.backend,
    family: table.family,
    table: table.name,
    chain: chain.name,
    ...(base === undefined ? {} : { hook: base.hook, priority: base.priority, policy: base.policy }),
    ...optional('madeBy', label?.madeBy),
    ...optional('purpose', label?.purpose),
    rules: chain.rules.filter((rule) => keep(table, rule)).map((rule) => ruleEntry(graph, netns, table, chain, rule)),
  };
};

/** What of this netns' rules concerns the subject; undefined: nothing. */
const keepFor = (
  netns: NetnsNode,
  subject: RulesSubject | undefined,
): ((table: Table, rule: Rule) => boolean) | undefined => {
  if (subject === undefined || subject.own.has(netns.id)) return () => true;
  const links = subject.crossed.get(netns.id);
  return links === undefined ? undefined : (table, rule) => canTouch(table, rule, subject, links);
};

export const listChains = (graph: Graph, subject?: RulesSubject): ChainEntry[] =>
  [...graph.netns.values()].flatMap((netns) => {
    const keep = netns.facts.ruleset === undefined ? undefined : keepFor(netns, subject);
    if (keep === undefined || netns.facts.ruleset === undefined) return [];
    const whole = subject === undefined || subject.own.has(netns.id);
    const chains = orderChains(parseRuleset(netns.facts.ruleset), keep, !whole);
    const entries = chains.map(({ table, chain }) => chainEntry(graph, netns, table, chain, keep));
    // Of a chain that only has a policy, the policy is what touches.
    return whole ? entries : entries.filter((entry) => entry.rules.length > 0 || entry.policy === 'drop');
  });

export const rulesDocument = (graph: Graph, endpoint: string | undefined, chains: readonly ChainEntry[]) => ({
  ...makeHead('rules', graph),
  ...optional('endpoint', endpoint),
  chains,
});
