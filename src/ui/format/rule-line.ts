/** A rule's own text with its verdict made visible; nothing is left out or reworded. */
import type { Rule, Table } from '../../model/ruleset.ts';
import { type Line, line, span, type Tone } from './line.ts';

const verdictTone: Readonly<Record<string, Tone>> = {
  ACCEPT: 'good',
  DROP: 'bad',
  REJECT: 'bad',
  DNAT: 'accent',
  SNAT: 'accent',
  MASQUERADE: 'accent',
  REDIRECT: 'accent',
  RETURN: 'dim',
  accept: 'good',
  drop: 'bad',
  reject: 'bad',
  dnat: 'accent',
  snat: 'accent',
  masquerade: 'accent',
  redirect: 'accent',
  return: 'dim',
};

const kilo = (count: number): string => {
  if (count < 1000) return String(count);
  const units = ['k', 'M', 'G', 'T'];
  let value = count;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
};

const textWithout = (rule: Rule, table: Table): string =>
  table.backend === 'nft' ? rule.text : rule.text.replace(/^(\[\d+:\d+\] )?-A \S+ ?/, '');

export const ruleWords = (rule: Rule, table: Table): Line => {
  const words = textWithout(rule, table).split(' ');
  const spans = words.map((word, at) => {
    const tone = verdictTone[word];
    const known = tone !== undefined && (table.backend === 'nft' || words[at - 1] === '-j' || words[at - 1] === '-g');
    return span(at === 0 ? word : ` ${word}`, known ? tone : 'plain');
  });
  return line(
    span(`${rule.counters === undefined ? '' : kilo(rule.counters.packets)}`.padStart(5), 'dim'),
    '  ',
    spans,
  );
};
