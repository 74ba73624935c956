/** A rule, a chain or a route: its full text, who made it and what for, and the chain it leads to. */
import type { NetnsId } from '../../model/ids.ts';
import { labelChain, labelRule } from '../../systems/labels.ts';
import { type Line, line, span } from '../format/line.ts';
import { ownerName } from '../graph-index.ts';
import { chainKey, findRule } from '../rulesets.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo } from './detail.ts';

const labelRow = (label: ReturnType<typeof labelRule>): DetailRow =>
  label === undefined
    ? row('made by', span('? nobody we know leaves this mark', 'doubt'))
    : row(
        'made by',
        span(label.madeBy, 'accent'),
        `: ${label.purpose}`,
        label.certainty !== 'certain' && span(` (${label.certainty})`, 'doubt'),
      );

export const ruleDetail = (netns: NetnsId, id: string, { index }: DetailContext): Detail | undefined => {
  const found = findRule(index.graph.netns.get(netns)?.facts.ruleset, id);
  if (found === undefined) return undefined;
  const { table, chain, rule } = found;
  const place: Line = line(
    span(`${chain.name}${rule === undefined ? '' : ` rule ${rule.index}`}`, 'strong'),
    span(`  ${table.family} ${table.name}  ${table.backend}  in ${ownerName(index.graph, netns)}`, 'dim'),
  );
  if (rule === undefined) {
    const base = chain.base;
    return {
      title: place,
      rows: [
        labelRow(labelChain(index.graph, netns, table, chain)),
        row(
          'hook',
          base === undefined
            ? 'none: only jumped to'
            : `${base.hook} priority ${base.priority} type ${base.type} policy ${base.policy}`,
        ),
        row('rules', String(chain.rules.length)),
        ...(chain.counters === undefined
          ? []
          : [row('policy', `${chain.counters.packets} packets ${chain.counters.bytes} bytes`)]),
      ],
    };
  }
  const targets = [...table.chains.values()].filter(
    (other) => other !== chain && rule.text.split(/[\s,{}]+/).includes(other.name),
  );
  return {
    title: place,
    rows: [
      row('rule', span(rule.text, 'strong')),
      labelRow(labelRule(index.graph, netns, table, chain, rule)),
      ...targets.map((other) => rowTo({ kind: 'chain', netns, id: chainKey(table, other) }, 'leads to', other.name)),
      rowTo({ kind: 'chain', netns, id: chainKey(table, chain) }, 'chain', chain.name),
      ...(rule.counters === undefined
        ? []
        : [row('hits', `${rule.counters.packets} packets ${rule.counters.bytes} bytes`)]),
      ...(rule.comments.length === 0 ? [] : [row('comment', rule.comments.join(' | '))]),
    ],
  };
};
