/** Expressions → nft's syntax. */
import type { Expression, SetElement, Verdict } from '../../model/statement.ts';
import { isObject, type Json } from './json.ts';

/** How constants are written: link names and the like between quotes. */
export interface Style {
  readonly quoted: boolean;
  /** Of a link that is gone the index is left: a bare number. */
  readonly index?: true;
  readonly parts?: readonly Style[];
}

const bare: Style = { quoted: false };
const quotedStyle: Style = { quoted: true };

const quotedMeta = /^(?:[io]ifname|[io]if|[io]br(?:idge)?name|[io]ifkind|sdifname|time|day|hour)$/;
const plainMeta = /^(?:[io]if|[io]ifname|[io]ifgroup|[io]iftype|[io]brname)$/;

export const quote = (text: string): string => `"${text.replace(/"/g, '\\"')}"`;

/** How the values that are compared with an expression are written. */
export function styleOf(expression: Expression): Style {
  switch (expression.kind) {
    case 'meta':
      if (expression.key === 'iif' || expression.key === 'oif') return { quoted: true, index: true };
      return quotedMeta.test(expression.key) ? quotedStyle : bare;
    case 'ct':
      return expression.key === 'helper' ? quotedStyle : bare;
    case 'fib':
      return expression.result === 'type' ? bare : quotedStyle;
    case 'concat':
      return { quoted: false, parts: expression.parts.map(styleOf) };
    default:
      return bare;
  }
}

/** The same for a named set, by its types. */
export const styleOfTypes = (types: readonly string[]): Style => {
  const styles = types.map((type) => (type === 'ifname' || type === 'iface_index' ? quotedStyle : bare));
  return styles.length === 1 ? styles[0]! : { quoted: false, parts: styles };
};

export function printExpression(expression: Expression, style: Style = bare): string {
  switch (expression.kind) {
    case 'constant':
      return printConstant(expression.value, style);
    case 'prefix':
      return `${expression.address}/${expression.length}`;
    case 'range':
      return `${printExpression(expression.from, style)}-${printExpression(expression.to, style)}`;
    case 'set':
      return `{ ${expression.elements.map((element) => printElement(element, style)).join(', ')} }`;
    case 'named-set':
      return `@${expression.name}`;
    case 'concat':
      return expression.parts.map((part, n) => printExpression(part, style.parts?.[n] ?? bare)).join(' . ');
    case 'meta':
      return plainMeta.test(expression.key) ? expression.key : `meta ${expression.key}`;
    case 'payload':
      return `${expression.protocol} ${expression.field}`;
    case 'raw-payload':
      return `@${expression.base},${expression.offset},${expression.length}`;
    case 'ct':
      return ['ct', expression.direction, expression.family, expression.key]
        .filter((part) => part !== undefined)
        .join(' ');
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`;
    case 'physdev':
      return `physdev ${expression.key}`;
    case 'map':
      return `${printExpression(expression.key)} map ${printExpression(expression.map, styleOf(expression.key))}`;
    case 'binary':
      return `${printOperand(expression.left, style)} ${expression.op} ${printOperand(expression.right, style)}`;
    case 'opaque':
      return printOpaque(expression.name, expression.json);
  }
}

const printOperand = (operand: Expression, style: Style): string =>
  operand.kind === 'binary' ? `(${printExpression(operand, style)})` : printExpression(operand, style);

function printConstant(value: string | number | boolean, style: Style): string {
  if (typeof value === 'boolean') return value ? 'exists' : 'missing';
  if (typeof value === 'number') return String(value);
  const isBare = value === '*' || (style.index === true && /^\d+$/.test(value));
  return style.quoted && !isBare ? quote(value) : value;
}

export function printElement(element: SetElement, style: Style): string {
  let text = printExpression(element.key, style);
  if (element.expires !== undefined) text += ` expires ${element.expires}s`;
  if (element.comment !== undefined) text += ` comment ${quote(element.comment)}`;
  if (element.verdict !== undefined) text += ` : ${printVerdict(element.verdict)}`;
  else if (element.data !== undefined) text += ` : ${printExpression(element.data)}`;
  return text;
}

export function printVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain}`;
    case 'queue': {
      const flags = verdict.bypass ? ' flags bypass' : '';
      return `queue${flags}${verdict.to === undefined ? '' : ` to ${printExpression(verdict.to)}`}`;
    }
    default:
      return verdict.kind;
  }
}

const part = (json: Json, key: string, before = ''): string =>
  json[key] === undefined ? '' : ` ${before}${String(json[key])}`;

function printOpaque(name: string, json: unknown): string {
  if (!isObject(json)) return name;
  switch (name) {
    case 'numgen':
      return `numgen${part(json, 'mode')}${part(json, 'mod', 'mod ')}${part(json, 'offset', 'offset ')}`;
    case 'exthdr':
      return json['field'] === undefined
        ? `exthdr${part(json, 'name')}`
        : `${String(json['name'])}${part(json, 'field')}`;
    case 'tcp option':
    case 'ip option':
    case 'sctp chunk':
    case 'dccp option':
      return `${name}${part(json, 'name')}${part(json, 'type')}${part(json, 'field')}`;
    case 'rt':
      return `rt${part(json, 'family')}${part(json, 'key')}`;
    case 'socket':
    case 'osf':
    case 'tunnel':
      return `${name}${part(json, 'key')}`;
    default:
      return `${name} ${JSON.stringify(json)}`;
  }
}
