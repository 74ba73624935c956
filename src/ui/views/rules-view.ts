/** The firewall as the kernel holds it, table by table, each chain labelled with who made it and what for. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Chain, Rule, Table } from '../../model/ruleset.ts';
import { labelChain, labelTable } from '../../systems/labels.ts';
import type { Label } from '../../systems/system.ts';
import { type Line, line, span } from '../format/line.ts';
import { ruleWords } from '../format/rule-line.ts';
import { ownerName } from '../graph-index.ts';
import { chainKey, chainsInOrder, ruleKey, rulesetOf } from '../rulesets.ts';
import type { Item } from './item.ts';
import { namesOf } from './rules/names-of.ts';
import type { View, ViewContext } from './view.ts';

const labelLine = (label: Label | undefined): Line =>
  label === undefined
    ? []
    : line(
        span(`  ${label.madeBy}`, 'accent'),
        label.certainty !== 'certain' && span(` (${label.certainty})`, 'doubt'),
        span(`: ${label.purpose}`, 'dim'),
      );

const tableItem = (netns: NetnsNode, table: Table, { graph }: ViewContext): Item => ({
  id: `table ${netns.id} ${table.backend} ${table.family} ${table.name}`,
  faulty: false,
  selectable: false,
  depth: 0,
  cells: [
    line(
      span(`${ownerName(graph, netns.id)}  `, 'strong'),
      span(`table ${table.family} ${table.name}`, 'title'),
      span(`  ${table.backend}`, 'dim'),
      table.backend === 'nft' && labelLine(labelTable(graph, netns.id, table)),
    ),
  ],
});

const baseText = ({ base }: Chain): Line =>
  base === undefined
    ? []
    : line(
        span(`  ${base.hook} ${base.priority}`, 'dim'),
        span(` policy ${base.policy}`, base.policy === 'drop' ? 'bad' : 'dim'),
      );

const chainItem = (
  netns: NetnsNode,
  table: Table,
  chain: Chain,
  folded: boolean,
  { graph, glyphs }: ViewContext,
): Item => {
  const id = chainKey(table, chain);
  return {
    id: `chain ${netns.id} ${id}`,
    ref: { kind: 'chain', netns: netns.id, id },
    faulty: chain.base?.policy === 'drop',
    foldable: chain.rules.length > 0,
    depth: 1,
    copy: chain.name,
    cells: [
      line(
        span(chain.rules.length === 0 ? ' ' : folded ? glyphs.folded : glyphs.unfolded, 'accent'),
        ' ',
        span(chain.name, 'strong'),
        baseText(chain),
        folded && span(`  ${chain.rules.length} rules`, 'dim'),
        chain.rules.length === 0 && span('  empty', 'dim'),
        labelLine(labelChain(graph, netns.id, table, chain)),
      ),
    ],
  };
};

const ruleItem = (netns: NetnsNode, table: Table, chain: Chain, rule: Rule): Item => {
  const id = ruleKey(table, chain, rule);
  return {
    id: `rule ${netns.id} ${id}`,
    ref: { kind: 'rule', netns: netns.id, id },
    faulty: false,
    depth: 2,
    copy: rule.text,
    keywords: `${table.name} ${chain.name}`,
    cells: [line(span(String(rule.index).padStart(5), 'dim'), '  ', ruleWords(rule, table))],
  };
};

const chainItems = (
  netns: NetnsNode,
  table: Table,
  chain: Chain,
  rules: readonly Rule[],
  context: ViewContext,
): readonly Item[] => {
  // Folded until opened where a chain is long: a thousand DNAT rules would bury the chains that decide.
  const long = chain.rules.length > 200 && context.place.root === undefined;
  const toggled = context.place.toggled.has(`chain ${netns.id} ${chainKey(table, chain)}`);
  const folded = long !== toggled;
  return [
    chainItem(netns, table, chain, folded, context),
    ...(folded ? [] : rules.map((rule) => ruleItem(netns, table, chain, rule))),
  ];
};

const itemsOfNetns = (netns: NetnsNode, context: ViewContext): readonly Item[] => {
  if (netns.facts.ruleset === undefined) return [];
  const names = namesOf(context.place.root, context.graph);
  return rulesetOf(netns.facts.ruleset).tables.flatMap((table) => {
    const items = chainsInOrder(table).flatMap((chain) => {
      const rules = names === undefined ? chain.rules : chain.rules.filter((rule) => names.test(rule.text));
      return names !== undefined && rules.length === 0 ? [] : chainItems(netns, table, chain, rules, context);
    });
    return items.length === 0 ? [] : [tableItem(netns, table, context), ...items];
  });
};

export const rulesView: View = {
  id: 'rules',
  title: 'Rules',
  key: '6',
  aliases: ['rules', 'rule', 'firewall', 'fw', 'iptables', 'nft'],
  about:
    'The firewall of every netns: tables, chains in the order of their hooks, rules; each chain labelled with who made it and what for. ⏎ folds.',
  empty: 'No packet filter rules: none exist, or none could be read (see 7).',
  columns: [],
  deps: (state) => [state.place.toggled, state.place.root],
  build: (context) => {
    const { root } = context.place;
    const only = root?.kind === 'netns' ? root.id : undefined;
    return [...context.graph.netns.values()]
      .filter((netns) => only === undefined || netns.id === only)
      .flatMap((netns) => itemsOfNetns(netns, context));
  },
};
