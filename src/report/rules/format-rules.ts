/** Chains and rules as text: what the tool prints, with who made it and why beside it. */
import { safeText, type TextStyle } from '../format-table.ts';
import type { ChainEntry, RuleEntry } from '../schemas/rules-schema.ts';

const whose = (entry: ChainEntry | RuleEntry): string => {
  if (entry.madeBy === undefined) return '';
  return entry.purpose === undefined ? entry.madeBy : `${entry.madeBy}: ${entry.purpose}`;
};

const chainTitle = (entry: ChainEntry): string => {
  const base =
    entry.hook === undefined ? '' : `, hook ${entry.hook} priority ${entry.priority}, policy ${entry.policy}`;
  return `${entry.family} ${entry.table} ${entry.chain} (${entry.backend}${base})`;
};

const formatRule = (entry: RuleEntry, style: TextStyle): string => {
  const packets = entry.packets === undefined ? '' : `  [${entry.packets} packets]`;
  const line = `  ${String(entry.index).padStart(4)}  ${safeText(entry.rule, style)}${packets}`;
  const label = whose(entry);
  return label === '' ? line : `${line}\n          # ${safeText(label, style)}`;
};

const formatChain = (entry: ChainEntry, style: TextStyle): string => {
  const title = safeText(chainTitle(entry), style);
  const label = whose(entry);
  const heading = [
    style.color ? `\u001b[1m${title}\u001b[22m` : title,
    ...(label === '' ? [] : [`  # ${safeText(label, style)}`]),
  ];
  return [...heading, ...entry.rules.map((rule) => formatRule(rule, style))].join('\n');
};

export const formatRules = (chains: readonly ChainEntry[], style: TextStyle): string => {
  if (chains.length === 0) return 'no rules\n';
  const byNetns = Map.groupBy(chains, (entry) => entry.netns.name);
  const several = byNetns.size > 1;
  const parts = [...byNetns].flatMap(([name, entries]) => [
    ...(several ? [`netns ${safeText(name, style)}`, ''] : []),
    ...entries.map((entry) => `${formatChain(entry, style)}\n`),
  ]);
  return `${parts.join('\n').trimEnd()}\n`;
};
