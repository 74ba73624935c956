/** An expression of a rule → a function that reads its value from a packet. */
import type { Expression } from '../../model/statement.ts';
import { isUnknown, unknown } from '../context.ts';
import { foldBits } from './compile-test.ts';
import { constantValue } from './constants.ts';
import { ctReading } from './ct-reading.ts';
import type { Environment } from './environment.ts';
import { fibReading } from './fib-reading.ts';
import { findElement } from './find-element.ts';
import { metaReading, physdevReading } from './meta-reading.ts';
import { payloadReading } from './payload-reading.ts';
import { rawReading } from './raw-reading.ts';
import { boolean, number, type Read, type Reading, type Value } from './value.ts';

export function compileRead(expression: Expression, env: Environment): Reading {
  switch (expression.kind) {
    case 'meta':
      return metaReading(expression.key, env.bridgeFamily);
    case 'payload':
      return payloadReading(expression.protocol, expression.field);
    case 'ct':
      return ctReading(expression.key, expression.direction, env.iptables);
    case 'fib':
      return fibReading(expression.result, expression.flags);
    case 'physdev':
      return physdevReading(expression.key);
    case 'raw-payload':
      return rawReading(expression.base, expression.offset, expression.length);
    case 'constant': {
      const value = expression.value;
      return { type: typeof value === 'boolean' ? boolean : number, read: () => value };
    }
    case 'binary':
      return binaryReading(expression, env);
    case 'concat': {
      const parts = expression.parts.map((part) => compileRead(part, env));
      return { type: { kind: 'tuple', parts: parts.map((part) => part.type) }, read: tupleRead(parts) };
    }
    case 'map':
      return mapReading(expression.key, expression.map, env);
    case 'opaque':
      return opaqueReading(expression.name, expression.json);
    case 'prefix':
    case 'range':
    case 'set':
    case 'named-set':
      return { type: number, read: () => unknown(`a ${expression.kind} where a value is expected`) };
  }
}

function tupleRead(parts: readonly Reading[]): Read {
  return (view) => {
    const values: Value[] = [];
    for (const part of parts) {
      const value = part.read(view);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

type Binary = Extract<Expression, { kind: 'binary' }>;

/** Bits of an address keep the address's width; all else is 32 bits. */
function binaryReading(expression: Binary, env: Environment): Reading {
  const left = compileRead(expression.left, env);
  const right = operand(expression.right, left, env);
  const type = left.type.kind === 'boolean' ? number : left.type;
  return {
    type,
    read: (view) => {
      const a = left.read(view);
      const b = right(view);
      if (a === undefined || b === undefined) return undefined;
      if (expression.op === '&' && (a === 0 || b === 0)) return 0;
      if (isUnknown(a)) return unknown(a.unknown);
      if (isUnknown(b)) return unknown(b.unknown);
      if (typeof a === 'bigint' && typeof b === 'bigint') return wideOperation(expression.op, a, b);
      if (typeof a === 'number' && typeof b === 'number') return operation(expression.op, a, b);
      return unknown(`${expression.op} of two different things`);
    },
  };
}

function operand(expression: Expression, left: Reading, env: Environment): Read {
  const value =
    expression.kind === 'constant' ? constantValue(left.type, expression.value) : foldBits(expression, left.type);
  if (value !== undefined) return () => value;
  return expression.kind === 'constant'
    ? () => unknown(`what ${expression.value} means`)
    : compileRead(expression, env).read;
}

function operation(op: Binary['op'], a: number, b: number): number {
  switch (op) {
    case '&':
      return (a & b) >>> 0;
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '<<':
      return b > 31 ? 0 : (a << b) >>> 0;
    case '>>':
      return b > 31 ? 0 : a >>> b;
    case '+':
      return (a + b) >>> 0;
    case '-':
      return (a - b) >>> 0;
  }
}

function wideOperation(op: Binary['op'], a: bigint, b: bigint): Value {
  switch (op) {
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return unknown(`${op} of a wide value`);
  }
}

function mapReading(key: Expression, map: Expression, env: Environment): Reading {
  const find = findElement(key, map, env);
  return {
    type: number,
    read: (view) => {
      const element = find(view);
      if (element === undefined || isUnknown(element)) return element;
      const data = element.data;
      if (data === undefined) return undefined;
      return data.kind === 'constant' ? data.value : unknown('the data of a map element');
    },
  };
}

/** IPv6 extension headers: packets here carry none; of IPv4 packets nothing is asked (nft's implicit dependency). */
function opaqueReading(name: string, json: unknown): Reading {
  if (name !== 'exthdr') return { type: number, read: () => unknown(name) };
  const asksField = typeof json === 'object' && json !== null && 'field' in json;
  return { type: boolean, read: ({ packet }) => (asksField || packet.family === 4 ? undefined : false) };
}
