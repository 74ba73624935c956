/** An iptables rule as written → statements in the order the kernel evaluates them: header, matches, target. */
import type { Clause, ClauseOption, Statement } from '../../model/statement.ts';
import { constant, isOrNot, meta, payload, verdict } from '../build.ts';
import { matchModules } from './match-modules.ts';
import { targets } from './targets.ts';
import { addressStatement, linkPattern } from './values.ts';

export function statementsOf(
  clauses: readonly Clause[],
  family: 'ip' | 'ip6',
  isChain: (name: string) => boolean,
): readonly Statement[] {
  const statements: Statement[] = [];
  for (const clause of clauses) {
    if (clause.kind === 'header')
      for (const option of clause.options) statements.push(...headerStatement(option, family));
    else if (clause.kind === 'match') statements.push(...moduleStatements(clause, family));
    else if (clause.kind === 'goto') statements.push(verdict({ kind: 'goto', chain: clause.name }));
    else if (isChain(clause.name)) statements.push(verdict({ kind: 'jump', chain: clause.name }));
    else statements.push(...targetStatements(clause, family));
  }
  return statements;
}

function moduleStatements(clause: Clause, family: 'ip' | 'ip6'): readonly Statement[] {
  const unread: Statement = { kind: 'extension', module: clause.name, options: clause.options };
  const translate = matchModules[clause.name];
  // A value that its module's own table cannot read stays an extension: unknown, with its text.
  return translate === undefined ? [unread] : (translate(clause.options, family) ?? [unread]);
}

function targetStatements(clause: Clause, family: 'ip' | 'ip6'): readonly Statement[] {
  return (
    targets[clause.name]?.(clause.options, family) ?? [
      { kind: 'unknown-effect', name: clause.name, json: clause.options },
    ]
  );
}

function headerStatement(option: ClauseOption, family: 'ip' | 'ip6'): readonly Statement[] {
  const value = option.values[0] ?? '';
  switch (option.name) {
    case '-s':
      return [addressStatement(payload(family, 'saddr'), option.negated, value, family)];
    case '-d':
      return [addressStatement(payload(family, 'daddr'), option.negated, value, family)];
    case '-i':
      return [isOrNot(meta('iifname'), option.negated, constant(linkPattern(value)))];
    case '-o':
      return [isOrNot(meta('oifname'), option.negated, constant(linkPattern(value)))];
    case '-p':
      return value === 'all' || value === '0' ? [] : [isOrNot(meta('l4proto'), option.negated, constant(value))];
    case '-f':
      return [{ kind: 'extension', module: 'fragment', options: [option] }];
    default:
      return [];
  }
}
