/** A statement that decides whether the rule goes on → a test of the packet, three-valued. */
import type { CompareOp, Expression, Statement } from '../../model/statement.ts';
import { isUnknown, type Truth, unknown } from '../context.ts';
import { compileRead } from './compile-read.ts';
import { compileTest, foldBits, spanTest, type Test } from './compile-test.ts';
import { constantValue } from './constants.ts';
import type { Environment } from './environment.ts';
import { extensionTest } from './extensions.ts';
import { ipsetTest } from './ipset-test.ts';
import { and, not, or } from './truth.ts';
import type { ValueType } from './value.ts';
import type { View } from './view.ts';

export type Condition = (view: View) => Truth;

/** undefined: the statement is no condition but an effect. */
export function compileCondition(statement: Statement, env: Environment): Condition | undefined {
  switch (statement.kind) {
    case 'match':
      return compileComparison(statement.left, statement.op, statement.right, env);
    case 'either':
      return compileEither(statement.alternatives, statement.negated, env);
    case 'ipset':
      return ipsetTest(statement, env);
    case 'extension':
      return extensionTest(statement.module, statement.options);
    case 'stateful': {
      const doubt = unknown(`${statement.name} depends on the packets before this one`);
      return () => doubt;
    }
    default:
      return undefined;
  }
}

function compileEither(alternatives: readonly (readonly Statement[])[], negated: boolean, env: Environment): Condition {
  const lists = alternatives.map((statements) => statements.map((statement) => compileCondition(statement, env)));
  return (view) => {
    const truth = or(lists, (list) => and(list, (condition) => condition?.(view) ?? true));
    return negated ? not(truth) : truth;
  };
}

function compileComparison(left: Expression, op: CompareOp, right: Expression, env: Environment): Condition {
  const reading = compileRead(left, env);
  const test = comparison(op, right, reading.type, env);
  const { read } = reading;
  return (view) => {
    const value = read(view);
    return value === undefined ? false : test(value, view);
  };
}

function comparison(op: CompareOp, right: Expression, type: ValueType, env: Environment): Test {
  switch (op) {
    case '==':
      return compileTest(right, type, env);
    case '!=': {
      const test = compileTest(right, type, env);
      return (value, view) => not(test(value, view));
    }
    case 'in':
      return right.kind === 'named-set' ? compileTest(right, type, env) : bitTest(right, type, true);
    case '!':
      return bitTest(right, type, false);
    default:
      return orderTest(op, right, type);
  }
}

/** Is one of the bits set (or none)? */
function bitTest(right: Expression, type: ValueType, wanted: boolean): Test {
  const mask = foldBits(right, type);
  if (mask === undefined) return () => unknown('flags whose meaning is not known');
  return (value) => {
    if (typeof value === 'number') return ((value & mask) !== 0) === wanted;
    return isUnknown(value) ? value : false;
  };
}

function orderTest(op: '<' | '>' | '<=' | '>=', right: Expression, type: ValueType): Test {
  const bound = right.kind === 'constant' ? constantValue(type, right.value) : undefined;
  if (typeof bound !== 'number' && typeof bound !== 'bigint')
    return () => unknown('an order of something else than numbers');
  const next = (step: 1 | -1): number | bigint => (typeof bound === 'bigint' ? bound + BigInt(step) : bound + step);
  switch (op) {
    case '<':
      return spanTest(0, next(-1));
    case '<=':
      return spanTest(0, bound);
    case '>':
      return spanTest(next(1), Number.POSITIVE_INFINITY);
    case '>=':
      return spanTest(bound, Number.POSITIVE_INFINITY);
  }
}
