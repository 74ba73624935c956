/** Header, matches and target of an iptables rule → its line, as iptables-save prints it. */
import type { Clause, ClauseOption } from '../../model/statement.ts';
import { headerOrder, quotedOptions, textOptions } from './grammar.ts';
import { quoteAlways, quoteText, quoteValue } from './words.ts';

export function printClauses(chain: string, clauses: readonly Clause[]): string {
  let line = `-A ${quoteValue(chain)}`;
  for (const clause of clauses) {
    if (clause.kind !== 'header') line += ` ${flag[clause.kind]} ${quoteValue(clause.name)}`;
    for (const option of clause.kind === 'header' ? inOrder(clause.options) : clause.options)
      line += printOption(option);
  }
  return line;
}

/** As iptables-save orders them, however they were written. */
const inOrder = (options: readonly ClauseOption[]): readonly ClauseOption[] =>
  options.toSorted((a, b) => headerOrder.indexOf(a.name) - headerOrder.indexOf(b.name));

const flag = { match: '-m', jump: '-j', goto: '-g' } as const;

function printOption(option: ClauseOption): string {
  const quote = textOptions.has(option.name) ? quoteText : quotedOptions.has(option.name) ? quoteAlways : quoteValue;
  let text = option.negated ? ` ! ${option.name}` : ` ${option.name}`;
  for (const value of option.values) text += ` ${quote(value)}`;
  return text;
}
