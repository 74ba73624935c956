/** A rule → conditions and effects in order, compiled once per ruleset and only when a packet gets there. */
import type { Chain, NamedSet, Rule, Table } from '../../model/ruleset.ts';
import type { SetElement, Statement, Verdict } from '../../model/statement.ts';
import { type Unknown, unknown } from '../context.ts';
import { isLazyRule, type RuleHome } from '../iptables/lazy-rule.ts';
import { pieceEnd, pieceStatements, piecesStart } from '../iptables/rule-pieces.ts';
import { parseStatement } from '../nft/parse-statement.ts';
import { type Assign, compileAssign } from './assign.ts';
import { type Condition, compileCondition } from './compile-condition.ts';
import { type Environment, environmentOf } from './environment.ts';
import { findElement } from './find-element.ts';
import { headerCondition } from './header-condition.ts';
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
  readonly unit: CompileUnit;
  /** Filled from the front as packets get there. */
  readonly compiled: CompiledStatement[];
  /** iptables: where in the text the next piece begins; -1: not compiled by pieces. */
  next: number;
}

/** What the rules of one chain share. */
interface CompileUnit {
  readonly env: Environment;
  readonly home: RuleHome;
  /** Piece of an iptables rule → what it compiles to; undefined: it makes no sense alone. */
  readonly pieces: Map<string, readonly CompiledStatement[] | undefined>;
}

/** Position in the chain → its compiled rule. */
export type ChainCompiler = (position: number) => CompiledRule | undefined;

const caches = new WeakMap<ReadonlyMap<string, NamedSet>, WeakMap<Chain, ChainCompiler>>();

/** Kept per chain and by position: a map keyed by rules would cost more than compiling them. */
export function chainCompiler(table: Table, chain: Chain, ipsets: ReadonlyMap<string, NamedSet>): ChainCompiler {
  const cache = caches.get(ipsets) ?? new WeakMap<Chain, ChainCompiler>();
  caches.set(ipsets, cache);
  const known = cache.get(chain);
  if (known !== undefined) return known;
  const made = newCompiler(table, chain, ipsets);
  cache.set(chain, made);
  return made;
}

function newCompiler(table: Table, chain: Chain, ipsets: ReadonlyMap<string, NamedSet>): ChainCompiler {
  const home: RuleHome = {
    family: table.family === 'ip6' ? 'ip6' : 'ip',
    isChain: (name) => table.chains.has(name),
  };
  const unit: CompileUnit = { env: environmentOf(table, ipsets), home, pieces: new Map() };
  const rules: CompiledRule[] = [];
  return (position) => {
    const known = rules[position];
    const rule = chain.rules[position];
    if (known !== undefined || rule === undefined) return known;
    const made = { rule, unit, compiled: [], next: isLazyRule(rule) ? piecesStart(rule.text) : -1 };
    rules[position] = made;
    return made;
  };
}

/** Statement n, compiled on first use: most rules are out after the first. undefined: past the end. */
export function statementAt(code: CompiledRule, n: number): CompiledStatement | undefined {
  return code.compiled[n] ?? (code.next < 0 ? compileNext(code, n) : compilePieces(code, n));
}

function compileNext({ rule, unit, compiled }: CompiledRule, n: number): CompiledStatement | undefined {
  const { expressions } = rule;
  const statement =
    expressions === undefined
      ? rule.statements[n]
      : n < expressions.length
        ? parseStatement(expressions[n])
        : undefined;
  if (statement === undefined) return undefined;
  compiled[n] = compileStatement(statement, unit.env);
  return compiled[n];
}

function compilePieces(code: CompiledRule, n: number): CompiledStatement | undefined {
  const { text } = code.rule;
  while (code.compiled.length <= n && code.next < text.length) {
    const end = pieceEnd(text, code.next);
    const piece = compilePiece(text.slice(code.next, end), code.unit);
    if (piece === undefined) {
      // Statements read as a whole stand in the same order as those of the pieces so far.
      code.next = -1;
      return compileNext(code, n);
    }
    for (const statement of piece) code.compiled.push(statement);
    code.next = end;
  }
  return code.compiled[n];
}

function compilePiece(piece: string, { home, env, pieces }: CompileUnit): readonly CompiledStatement[] | undefined {
  const known = pieces.get(piece);
  if (known !== undefined || pieces.has(piece)) return known;
  const test = home.family === 'ip' ? headerCondition(piece) : undefined;
  const compiled: readonly CompiledStatement[] | undefined =
    test === undefined
      ? pieceStatements(piece, home)?.map((statement) => compileStatement(statement, env))
      : [{ kind: 'condition', test }];
  pieces.set(piece, compiled);
  return compiled;
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
