/** An expression of `nft -j` → ours. What is not understood is kept whole, and unknown when it is evaluated. */
import type { Expression, SetElement, Verdict } from '../../model/statement.ts';
import { asList, asNumber, asText, isObject, type Json, onlyEntry } from './json.ts';

const opaque = (name: string, json: unknown): Expression => ({ kind: 'opaque', name, json });

export function parseExpression(json: unknown): Expression {
  if (typeof json === 'string')
    return json.startsWith('@') ? { kind: 'named-set', name: json.slice(1) } : { kind: 'constant', value: json };
  if (typeof json === 'number' || typeof json === 'boolean') return { kind: 'constant', value: json };
  // A list is flags that are or-ed: `ct state established,related`.
  if (Array.isArray(json)) return folded('|', json);
  const entry = onlyEntry(json);
  if (entry === undefined) return opaque('expression', json);
  const [name, value] = entry;
  return parsers[name]?.(value) ?? opaque(name, value);
}

type Operator = Extract<Expression, { kind: 'binary' }>['op'];

/** Several operands become a chain from the left. */
function folded(op: Operator, json: unknown): Expression {
  const operands = asList(json).map(parseExpression);
  const [first, ...rest] = operands;
  if (first === undefined) return opaque(op, json);
  return rest.reduce((left, right): Expression => ({ kind: 'binary', op, left, right }), first);
}

const binary =
  (op: Operator) =>
  (json: unknown): Expression =>
    folded(op, json);

const parsers: Readonly<Record<string, (json: unknown) => Expression | undefined>> = {
  '|': binary('|'),
  '&': binary('&'),
  '^': binary('^'),
  '<<': binary('<<'),
  '>>': binary('>>'),
  prefix: (json) => {
    const address = isObject(json) ? asText(json['addr']) : undefined;
    const length = isObject(json) ? asNumber(json['len']) : undefined;
    return address === undefined || length === undefined ? undefined : { kind: 'prefix', address, length };
  },
  range: (json) => {
    const [from, to] = asList(json);
    return from === undefined || to === undefined
      ? undefined
      : { kind: 'range', from: parseExpression(from), to: parseExpression(to) };
  },
  concat: (json) => ({ kind: 'concat', parts: asList(json).map(parseExpression) }),
  set: (json) => ({ kind: 'set', elements: asList(json).map(parseElement) }),
  elem: (json) => (isObject(json) && json['val'] !== undefined ? parseExpression(json['val']) : undefined),
  map: (json) =>
    isObject(json) ? { kind: 'map', key: parseExpression(json['key']), map: parseExpression(json['data']) } : undefined,
  meta: (json) => {
    const key = isObject(json) ? asText(json['key']) : asText(json);
    return key === undefined ? undefined : { kind: 'meta', key };
  },
  payload: parsePayload,
  ct: parseCt,
  fib: (json) => {
    const result = isObject(json) ? asText(json['result']) : undefined;
    if (result === undefined) return undefined;
    return { kind: 'fib', result, flags: asList((json as Json)['flags']).map(String) };
  },
};

function parsePayload(json: unknown): Expression | undefined {
  if (!isObject(json)) return undefined;
  const [protocol, field, base] = [asText(json['protocol']), asText(json['field']), asText(json['base'])];
  if (protocol !== undefined && field !== undefined) return { kind: 'payload', protocol, field };
  const [offset, length] = [asNumber(json['offset']), asNumber(json['len'])];
  if (base === undefined || offset === undefined || length === undefined) return undefined;
  return { kind: 'raw-payload', base, offset, length };
}

function parseCt(json: unknown): Expression | undefined {
  const key = isObject(json) ? asText(json['key']) : undefined;
  if (!isObject(json) || key === undefined) return undefined;
  const [direction, family] = [json['dir'], json['family']];
  return {
    kind: 'ct',
    key,
    ...((direction === 'original' || direction === 'reply') && { direction }),
    ...((family === 'ip' || family === 'ip6') && { family }),
  };
}

/** `key`, `[key, data]` of a map, either with `{"elem": {"val": …, "comment": …}}` around the key. */
export function parseElement(json: unknown): SetElement {
  if (!Array.isArray(json) || json.length !== 2) return { key: parseExpression(unwrapped(json)), ...extras(json) };
  const [key, data] = json as [unknown, unknown];
  const verdict = parseVerdict(data);
  return {
    key: parseExpression(unwrapped(key)),
    ...(verdict === undefined ? { data: parseExpression(data) } : { verdict }),
    ...extras(key),
  };
}

function unwrapped(json: unknown): unknown {
  const inner = isObject(json) && isObject(json['elem']) ? json['elem']['val'] : undefined;
  return inner ?? json;
}

function extras(json: unknown): Partial<SetElement> {
  const inner = isObject(json) && isObject(json['elem']) ? json['elem'] : undefined;
  const comment = asText(inner?.['comment']);
  const expires = asNumber(inner?.['expires']);
  return { ...(comment !== undefined && { comment }), ...(expires !== undefined && { expires }) };
}

/** undefined: not a verdict. */
export function parseVerdict(json: unknown): Verdict | undefined {
  const [name, value] = onlyEntry(json) ?? (typeof json === 'string' ? [json, null] : []);
  switch (name) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return value === null ? { kind: name } : undefined;
    case 'jump':
    case 'goto': {
      const chain = isObject(value) ? asText(value['target']) : undefined;
      return chain === undefined ? undefined : { kind: name, chain };
    }
    case 'queue': {
      const fields: Json = isObject(value) ? value : {};
      const bypass = asList(fields['flags']).includes('bypass');
      return { kind: 'queue', bypass, ...(fields['num'] !== undefined && { to: parseExpression(fields['num']) }) };
    }
    default:
      return undefined;
  }
}
