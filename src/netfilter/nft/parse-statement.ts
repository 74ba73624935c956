/** A statement of `nft -j` → ours. */
import type { CompareOp, Expression, Statement } from '../../model/statement.ts';
import { note } from '../build.ts';
import { asList, asText, isObject, type Json, onlyEntry } from './json.ts';
import { parseExpression, parseVerdict } from './parse-expression.ts';

export function parseStatement(json: unknown): Statement {
  const [name, value] = onlyEntry(json) ?? (typeof json === 'string' ? [json, null] : []);
  if (name === undefined) return { kind: 'unknown-effect', name: 'statement', json };
  const verdict = parseVerdict(json);
  if (verdict !== undefined) return { kind: 'verdict', verdict };
  const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  return parse?.(value, name) ?? { kind: 'unknown-effect', name, json: value };
}

type Parse = (json: unknown, name: string) => Statement | undefined;

const operators: ReadonlySet<unknown> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', '!']);

const parseMatch: Parse = (json) => {
  if (!isObject(json) || !operators.has(json['op'])) return undefined;
  const op = json['op'] as CompareOp;
  return { kind: 'match', left: parseExpression(json['left']), op, right: parseExpression(json['right']) };
};

const natFlags = (json: Json): readonly string[] => asList(json['flags']).map(String);

const parseNat: Parse = (json, name) => {
  const fields: Json = isObject(json) ? json : {};
  const address = fields['addr'];
  const port = fields['port'];
  const family = fields['family'];
  // A map that yields address and port at once stands as the address (`dnat ip to … map`).
  return {
    kind: 'nat',
    action: fields['type_flags'] === 'prefix' ? 'netmap' : (name as 'dnat' | 'snat' | 'masquerade' | 'redirect'),
    flags: natFlags(fields),
    ...((family === 'ip' || family === 'ip6') && { family }),
    ...(address !== undefined && { address: parseExpression(address) }),
    ...(port !== undefined && { port: parseExpression(port) }),
  };
};

const parseReject: Parse = (json) => {
  if (!isObject(json) || json['type'] === undefined) return { kind: 'reject' };
  const parts = [asText(json['type']), asText(json['expr'])].filter((part) => part !== undefined);
  return { kind: 'reject', with: parts.join(' ') };
};

const parseTproxy: Parse = (json) => {
  if (!isObject(json)) return undefined;
  const [address, port, family] = [json['addr'], json['port'], json['family']];
  return {
    kind: 'tproxy',
    ...((family === 'ip' || family === 'ip6') && { family }),
    ...(address !== undefined && { address: parseExpression(address) }),
    ...(port !== undefined && { port: parseExpression(port) }),
  };
};

const stateful: Parse = (json, name) => ({ kind: 'stateful', name, json });
const noted: Parse = (json, name) => note(name, json);

/** `add @set { key limit rate … }` lets the packet go on only within the limit. */
const setUpdate: Parse = (json, name) => {
  const inner = isObject(json) ? asList(json['stmt']) : [];
  const limits = inner.some((each) => ['limit', 'quota', 'ct count'].includes(onlyEntry(each)?.[0] ?? ''));
  return limits ? { kind: 'stateful', name, json } : note(name, json);
};

const template: Parse = (json, name) => ({ kind: 'ct-template', json: { [name]: json } });

/** nft shows no arguments of iptables' extensions (they are read from iptables-save where that manages the table). */
const parseXt: Parse = (json) => {
  const name = (isObject(json) ? asText(json['name']) : undefined) ?? 'xt';
  if (isObject(json) && json['type'] === 'match') return { kind: 'extension', module: `xt ${name}`, options: [] };
  return { kind: 'unknown-effect', name: `xt ${name}`, json };
};

const parsers: Readonly<Record<string, Parse>> = {
  match: parseMatch,
  vmap: (json) =>
    isObject(json)
      ? { kind: 'vmap', key: parseExpression(json['key']), map: parseExpression(json['data']) }
      : undefined,
  mangle: (json) => {
    if (!isObject(json)) return undefined;
    const target: Expression = parseExpression(json['key']);
    return { kind: 'assign', target, value: parseExpression(json['value']) };
  },
  dnat: parseNat,
  snat: parseNat,
  masquerade: parseNat,
  redirect: parseNat,
  reject: parseReject,
  notrack: () => ({ kind: 'notrack' }),
  tproxy: parseTproxy,
  limit: stateful,
  quota: stateful,
  'ct count': stateful,
  meter: stateful,
  set: setUpdate,
  map: setUpdate,
  counter: noted,
  log: noted,
  dup: noted,
  flow: noted,
  secmark: noted,
  last: noted,
  reset: noted,
  'ct helper': template,
  'ct timeout': template,
  'ct expectation': template,
  xt: parseXt,
};
