/** A nat statement and a packet → the ranges the kernel may choose from. */
import type { Expression, Statement } from '../../model/statement.ts';
import { formatAddress, parseAddress } from '../../std/ip-address.ts';
import { isUnknown, type Unknown, unknown } from '../context.ts';
import type { NatRequest, RuleName } from '../hook-result.ts';
import { compileRead } from './compile-read.ts';
import type { Environment } from './environment.ts';
import { findElement } from './find-element.ts';
import type { View } from './view.ts';

type NatStatement = Extract<Statement, { kind: 'nat' }>;
/** 'break': its map has nothing for this packet, or the family is the other one. */
export type RequestNat = (view: View, at: RuleName) => NatRequest | 'break' | Unknown;

interface Target {
  readonly addresses?: readonly [string, string];
  readonly prefixLength?: number;
  readonly ports?: readonly [number, number];
}
type ReadTarget = (view: View) => Target | 'break' | Unknown;

export function compileNat(statement: NatStatement, env: Environment): RequestNat {
  const address = statement.address && compileTarget(statement.address, env, false);
  const port = statement.port && compileTarget(statement.port, env, true);
  const random = statement.flags.some((flag) => flag === 'random' || flag === 'fully-random');
  return (view, at) => {
    if (statement.family !== undefined && (statement.family === 'ip') !== (view.packet.family === 4)) return 'break';
    const target: Target = {};
    for (const read of [address, port]) {
      const part = read?.(view) ?? {};
      if (part === 'break' || isUnknown(part)) return part;
      Object.assign(target, part);
    }
    return { action: statement.action, ...target, random, at };
  };
}

function compileTarget(expression: Expression, env: Environment, isPort: boolean): ReadTarget {
  if (expression.kind === 'map') {
    const find = findElement(expression.key, expression.map, env);
    return (view) => {
      const element = find(view);
      if (element === undefined) return 'break';
      if (isUnknown(element)) return element;
      return (element.data && targetOf(element.data, isPort)) ?? unknown('the data of a map element');
    };
  }
  const fixed = targetOf(expression, isPort);
  if (fixed !== undefined) return () => fixed;
  const { read } = compileRead(expression, env);
  return (view) => {
    const value = read(view);
    if (value === undefined) return 'break';
    if (isUnknown(value)) return value;
    if (isPort && typeof value === 'number') return { ports: [value, value] };
    if (!isPort && (typeof value === 'number' || typeof value === 'bigint')) {
      const text = formatAddress({ family: view.packet.family, value: BigInt(value) });
      return { addresses: [text, text] };
    }
    return unknown('where a rule translates to');
  };
}

/** undefined: not a fixed address, port, range, prefix or `address . port`. */
function targetOf(expression: Expression, isPort: boolean): Target | undefined {
  switch (expression.kind) {
    case 'constant':
      return spanTarget(expression.value, expression.value, isPort);
    case 'range':
      return expression.from.kind === 'constant' && expression.to.kind === 'constant'
        ? spanTarget(expression.from.value, expression.to.value, isPort)
        : undefined;
    case 'prefix':
      return prefixTarget(expression.address, expression.length);
    case 'concat': {
      const [first, second] = expression.parts;
      const address = first && targetOf(first, false);
      const port = second && targetOf(second, true);
      return expression.parts.length === 2 && address && port ? { ...address, ...port } : undefined;
    }
    default:
      return undefined;
  }
}

function spanTarget(
  from: string | number | boolean,
  to: string | number | boolean,
  isPort: boolean,
): Target | undefined {
  if (!isPort) return typeof from === 'string' && typeof to === 'string' ? { addresses: [from, to] } : undefined;
  const ports = [Number(from), Number(to)] as const;
  return ports.some(Number.isNaN) ? undefined : { ports };
}

function prefixTarget(text: string, length: number): Target | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const host = (1n << BigInt((address.family === 4 ? 32 : 128) - length)) - 1n;
  const first = formatAddress({ family: address.family, value: address.value & ~host });
  const last = formatAddress({ family: address.family, value: address.value | host });
  return { addresses: [first, last], prefixLength: length };
}
