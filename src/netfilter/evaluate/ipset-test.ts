/** iptables' `-m set`: does an ipset hold the packet's addresses, ports, links …? (ip_set_core, ip_set_hash_gen.h) */
import type { Expression, NamedSet, SetElement, Statement } from '../../model/statement.ts';
import { isUnknown, type Truth, type Unknown, unknown } from '../context.ts';
import type { Condition } from './compile-condition.ts';
import { compileTest, type Test } from './compile-test.ts';
import type { Environment } from './environment.ts';
import { payloadReading } from './payload-reading.ts';
import { and, not, or } from './truth.ts';
import { address, ether, link, number, text, type Value, type ValueType } from './value.ts';
import type { View } from './view.ts';

type IpsetStatement = Extract<Statement, { kind: 'ipset' }>;

export function ipsetTest(statement: IpsetStatement, env: Environment): Condition {
  let member: Condition | undefined;
  return (view) => {
    if (statement.stateful) return unknown(`the counters of set ${statement.name}`);
    member ??= memberTest(statement.name, statement.dimensions, env, 0);
    const truth = member(view);
    return statement.negated ? not(truth) : truth;
  };
}

function memberTest(name: string, dimensions: readonly string[], env: Environment, depth: number): Condition {
  const set = env.ipsets.get(name);
  if (set === undefined || set.unreadable === true) return () => unknown(`what set ${name} holds`);
  // A set that needs more parts than the rule names holds nothing of it (ip_set_test).
  if (set.keyTypes.length > dimensions.length) return () => false;
  if (set.type === 'list:set') {
    const members = set.elements.map((element) =>
      depth > 2 ? () => false : memberTest(keyText(element.key), dimensions, env, depth + 1),
    );
    return (view) => or(members, (test) => test(view));
  }
  const family = set.other?.['family'];
  const parts = set.keyTypes.map((type, n) => partOf(type, dimensions[n] === 'dst' ? 'dst' : 'src', set));
  if (parts.includes(undefined)) return () => unknown(`a set of type ${set.type}`);
  const elements = set.elements.map((element) => compileElement(element, parts as readonly Part[], env));
  return (view) => {
    if (family !== undefined && (family === 'inet6') !== (view.packet.family === 6)) return false;
    return holds(
      elements,
      (parts as readonly Part[]).map((part) => part.read(view)),
      view,
    );
  };
}

const keyText = (key: Expression): string => (key.kind === 'constant' ? String(key.value) : '');

interface Part {
  readonly type: ValueType;
  readonly read: (view: View) => Value;
}

function partOf(type: string, side: 'src' | 'dst', set: NamedSet): Part | undefined {
  const source = side === 'src';
  switch (type) {
    case 'ip':
    case 'net':
      return { type: address, read: (view) => maskAddress(source ? view.src : view.dst, set) };
    case 'port':
      return set.type === 'bitmap:port'
        ? { type: number, read: (view) => portOf(view, source) }
        : { type: text, read: (view) => protocolAndPort(view, source) };
    case 'mac':
      return { type: ether, read: payloadReading('ether', source ? 'saddr' : 'daddr').read };
    case 'iface':
      return { type: link, read: (view) => (source ? view.packet.in : view.packet.out) ?? '' };
    case 'mark':
      return { type: number, read: (view) => view.unknownMark ?? view.packet.mark };
    default:
      return undefined;
  }
}

/** `netmask 24` at creation: addresses are compared as networks. */
function maskAddress(value: number | bigint, set: NamedSet): number | bigint {
  const netmask = Number(set.other?.['netmask'] ?? Number.NaN);
  if (Number.isNaN(netmask)) return value;
  if (typeof value === 'number') return value - (value % 2 ** (32 - netmask));
  const shift = BigInt(128 - netmask);
  return (value >> shift) << shift;
}

function portOf(view: View, source: boolean): Value {
  if ([6, 17, 132, 136].includes(view.proto)) return payloadReading('th', source ? 'sport' : 'dport').read(view);
  return undefined;
}

const protocolNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp', 136: 'udplite' };

/** As ipset prints it: `tcp:80`; ICMP by type and code; any other protocol with port 0. */
function protocolAndPort(view: View, source: boolean): Value {
  const { packet, proto } = view;
  const name = protocolNames[proto];
  if (name !== undefined) {
    const port = portOf(view, source);
    return typeof port === 'number' ? `${name}:${port}` : isUnknown(port) ? port : undefined;
  }
  if (proto !== 1 && proto !== 58) return `${proto}:0`;
  return packet.icmpType === undefined
    ? unknown('the ICMP type is not given')
    : `${proto === 1 ? 'icmp' : 'icmpv6'}:${packet.icmpType}/${packet.icmpCode ?? 0}`;
}

interface CompiledElement {
  readonly tests: readonly Test[];
  readonly nomatch: boolean;
  /** Prefix lengths added up: the most specific element decides. */
  readonly width: number;
}

function compileElement(element: SetElement, parts: readonly Part[], env: Environment): CompiledElement {
  const keys = element.key.kind === 'concat' ? element.key.parts : [element.key];
  const tests = parts.map((part, n) => {
    const key = keys[n];
    return key === undefined ? () => false : compileTest(key, part.type, env);
  });
  const width = keys.reduce((sum, key) => sum + (key.kind === 'prefix' ? key.length : 128), 0);
  return { tests, nomatch: element.nomatch === true, width };
}

function holds(elements: readonly CompiledElement[], values: readonly Value[], view: View): Truth {
  if (values.includes(undefined)) return false;
  let best: CompiledElement | undefined;
  let doubt: Unknown | undefined;
  for (const element of elements) {
    if (best !== undefined && element.width < best.width) continue;
    const truth = and(element.tests, (test, n) => test(values[n], view));
    if (truth === true) best = element;
    else if (truth !== false) doubt ??= truth;
  }
  if (best === undefined) return doubt ?? false;
  return doubt === undefined ? !best.nomatch : doubt;
}
