/** A rule → conditions and effects in order, compiled once per ruleset and only when a packet gets there. */
import type { NamedSet, Rule, Table } from '../../model/ruleset.ts';
import type { SetElement, Statement, Verdict } from '../../model/statement.ts';
import { type Unknown, unknown } from '../context.ts';
import { type Assign, compileAssign } from './assign.ts';
import { type Condition, compileCondition } from './compile-condition.ts';
import { type Environment, environmentOf } from './environment.ts';
import { findElement } from './find-element.ts';
import { compileNat, type RequestNat } from './nat-request.ts';
import type { View } from './view.ts';

export type CompiledStatement =
  | { readonly kind: 'condition'; readonly test: Condition }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | {
      readonly kind: 'vmap';
      readonly find: (view: View) => SetElement | undefined | Unknown;
      /** Every verdict it can have, where the key is unknown. */
      readonly verdicts: readonly Verdict[];
    }
  | { readonly kind: 'assign'; readonly assign: Assign }
  | { readonly kind: 'nat'; readonly request: RequestNat }
  | {
      readonly kind: 'effect';
      readonly statement: Extract<Statement, { kind: 'reject' | 'notrack' | 'ct-template' | 'tproxy' }>;
    }
  | { readonly kind: 'note' }
  | { readonly kind: 'unknown-effect'; readonly reason: Unknown };

export interface CompiledRule {
  readonly rule: Rule;
  /** Statement n, compiled on first use; undefined past the end. */
  at(n: number): CompiledStatement | undefined;
}

type Cache = Map<Rule, CompiledRule>;
const caches = new WeakMap<ReadonlyMap<string, NamedSet>, WeakMap<Table['sets'], Cache>>();

/** Rules are shared between a ruleset and its what-if variants; what they refer to (sets, ipsets) is part of the key. */
export function ruleCompiler(table: Table, ipsets: ReadonlyMap<string, NamedSet>): (rule: Rule) => CompiledRule {
  const bySets = caches.get(ipsets) ?? new WeakMap<Table['sets'], Cache>();
  caches.set(ipsets, bySets);
  const cache: Cache = bySets.get(table.sets) ?? new Map();
  bySets.set(table.sets, cache);
  const env = environmentOf(table, ipsets);
  return (rule) => {
    let compiled = cache.get(rule);
    if (compiled === undefined) {
      compiled = compileRule(rule, env);
      cache.set(rule, compiled);
    }
    return compiled;
  };
}

function compileRule(rule: Rule, env: Environment): CompiledRule {
  const { statements } = rule;
  const compiled: CompiledStatement[] = [];
  return {
    rule,
    at(n) {
      const statement = statements[n];
      if (statement === undefined) return undefined;
      let known = compiled[n];
      if (known === undefined) {
        known = compileStatement(statement, env);
        compiled[n] = known;
      }
      return known;
    },
  };
}

function compileStatement(statement: Statement, env: Environment): CompiledStatement {
  switch (statement.kind) {
    case 'verdict':
      return { kind: 'verdict', verdict: statement.verdict };
    case 'vmap':
      return {
        kind: 'vmap',
        find: findElement(statement.key, statement.map, env),
        verdicts: verdictsOf(statement.map, env),
      };
    case 'assign':
      return { kind: 'assign', assign: compileAssign(statement.target, statement.value, env) };
    case 'nat':
      return { kind: 'nat', request: compileNat(statement, env) };
    case 'reject':
    case 'notrack':
    case 'ct-template':
    case 'tproxy':
      return { kind: 'effect', statement };
    case 'note':
      return { kind: 'note' };
    case 'unknown-effect':
      return { kind: 'unknown-effect', reason: unknown(`${statement.name} is not understood`) };
    case 'match':
    case 'either':
    case 'ipset':
    case 'extension':
    case 'stateful': {
      const test = compileCondition(statement, env);
      return test === undefined ? { kind: 'note' } : { kind: 'condition', test };
    }
  }
}

function verdictsOf(map: Extract<Statement, { kind: 'vmap' }>['map'], env: Environment): readonly Verdict[] {
  const elements =
    map.kind === 'set' ? map.elements : map.kind === 'named-set' ? (env.sets.get(map.name)?.elements ?? []) : [];
  const distinct = new Map<string, Verdict>();
  for (const { verdict } of elements) if (verdict !== undefined) distinct.set(JSON.stringify(verdict), verdict);
  return [...distinct.values()];
}
