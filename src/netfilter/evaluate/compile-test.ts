/** The right side of a comparison → a test of a value, three-valued. */
import type { Expression } from '../../model/statement.ts';
import { isUnknown, type Truth, type Unknown, unknown } from '../context.ts';
import { constantValue } from './constants.ts';
import type { Environment } from './environment.ts';
import { compileSet } from './find-element.ts';
import { and } from './truth.ts';
import type { UnknownWithin, Value, ValueType } from './value.ts';
import type { View } from './view.ts';

/** Never called with undefined: that ended the rule. */
export type Test = (value: Value, view: View) => Truth;

export const never: Test = () => false;

/** Equality with a constant, a prefix, a range, a set, or each part of a concatenation. */
export function compileTest(right: Expression, type: ValueType, env: Environment): Test {
  switch (right.kind) {
    case 'constant':
      return constantTest(right.value, type);
    case 'prefix':
      return prefixTest(right.address, right.length, type);
    case 'range':
      return rangeTest(right.from, right.to, type);
    case 'set':
    case 'named-set': {
      const find = compileSet(right, type, env);
      return (value, view) => {
        const element = find(value, view);
        return isUnknown(element) ? element : element !== undefined && element.nomatch !== true;
      };
    }
    case 'concat':
      return concatTest(right.parts, type, env);
    default: {
      const bits = foldBits(right, type);
      return bits === undefined ? () => unknown('a comparison of two variables') : spanTest(bits, bits);
    }
  }
}

function constantTest(constant: string | number | boolean, type: ValueType): Test {
  // An empty element `*` is a set's catch-all; as a link it is a prefix of every name.
  if (constant === '*') return () => true;
  if (type.kind === 'link')
    return type.byIndex === true && /^\d+$/.test(String(constant)) ? indexTest(Number(constant)) : linkTest(constant);
  if (type.kind === 'found-link') return foundLinkTest(constant);
  const wanted = constantValue(type, constant);
  if (wanted === undefined) return () => unknown(`what ${constant} means`);
  if (typeof wanted === 'number' || typeof wanted === 'bigint') return spanTest(wanted, wanted);
  return (value) => (isUnknown(value) ? value : value === wanted);
}

/** nft shows the index where no link has it; no link at all is 0. */
const indexTest =
  (index: number): Test =>
  (value, view) =>
    value === '' ? index === 0 : typeof value === 'string' && view.context.linkIndex(value) === index;

/** Names as nft prints them. */
function linkTest(constant: string | number | boolean): Test {
  const name = String(constant);
  if (name.endsWith('\\*')) return equals(`${name.slice(0, -2)}*`);
  if (!name.endsWith('*')) return equals(name);
  const prefix = name.slice(0, -1);
  return (value) => (typeof value === 'string' ? value.startsWith(prefix) : isUnknown(value) ? value : false);
}

const equals =
  (name: string): Test =>
  (value) =>
    value === name ? true : isUnknown(value) ? value : false;

function foundLinkTest(constant: string | number | boolean): Test {
  if (typeof constant !== 'boolean' && constant !== 0) return linkTest(constant);
  const wanted = constant === true;
  return (value) => (isUnknown(value) ? value : (value !== '') === wanted);
}

/** Both ends included. */
export function spanTest(low: number | bigint, high: number | bigint): Test {
  return (value) => {
    if (typeof value === 'number' || typeof value === 'bigint') return value >= low && value <= high;
    if (isUnknown(value)) return unknownInSpan(value, low, high);
    return false;
  };
}

function unknownInSpan(value: Unknown | UnknownWithin, low: number | bigint, high: number | bigint): Truth {
  if (!('within' in value)) return value;
  const [least, most] = value.within;
  if (most < low || least > high) return false;
  return least >= low && most <= high ? true : value;
}

function prefixTest(addressText: string, length: number, type: ValueType): Test {
  const start = constantValue(type, addressText);
  if (typeof start === 'bigint') {
    const host = (1n << BigInt(128 - length)) - 1n;
    return spanTest(start & ~host, start | host);
  }
  if (typeof start !== 'number') return () => unknown(`what ${addressText}/${length} means`);
  const width = type.kind === 'ether' ? 48 : type.kind === 'address' ? 32 : undefined;
  if (width === undefined) return () => unknown('a prefix of something without a width');
  const size = 2 ** (width - length);
  const base = Math.floor(start / size) * size;
  return spanTest(base, base + size - 1);
}

function rangeTest(from: Expression, to: Expression, type: ValueType): Test {
  const low = from.kind === 'constant' ? constantValue(type, from.value) : undefined;
  const high = to.kind === 'constant' ? constantValue(type, to.value) : undefined;
  const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
  if (!isNumber(low) || !isNumber(high)) return () => unknown('a range of something else than numbers');
  return spanTest(low, high);
}

function concatTest(parts: readonly Expression[], type: ValueType, env: Environment): Test {
  if (type.kind !== 'tuple' || type.parts.length !== parts.length)
    return () => unknown('a concatenation of other parts');
  const tests = parts.map((part, n) => compileTest(part, type.parts[n]!, env));
  return (value, view) =>
    Array.isArray(value) ? and(tests, (test, n) => test(value[n], view)) : isUnknown(value) ? value : false;
}

/** `syn | ack`, a list of flags, or a set of them → their bits. */
export function foldBits(right: Expression, type: ValueType): number | undefined {
  switch (right.kind) {
    case 'constant': {
      const value = constantValue(type, right.value);
      return typeof value === 'number' ? value : undefined;
    }
    case 'binary': {
      const a = foldBits(right.left, type);
      const b = foldBits(right.right, type);
      if (a === undefined || b === undefined) return undefined;
      return right.op === '|'
        ? (a | b) >>> 0
        : right.op === '&'
          ? (a & b) >>> 0
          : right.op === '^'
            ? (a ^ b) >>> 0
            : undefined;
    }
    case 'set': {
      let bits = 0;
      for (const element of right.elements) {
        const part = foldBits(element.key, type);
        if (part === undefined) return undefined;
        bits |= part;
      }
      return bits >>> 0;
    }
    default:
      return undefined;
  }
}
