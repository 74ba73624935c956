/** A rule's statements → nft's syntax, as a person writes it and `nft list` shows it. */
import type { Expression, Statement } from '../../model/statement.ts';
import { asList, isObject, type Json } from './json.ts';
import { parseExpression } from './parse-expression.ts';
import { parseStatement } from './parse-statement.ts';
import { printExpression, printVerdict, quote, styleOf } from './print-expression.ts';

export function printRule(statements: readonly Statement[], comment: string | undefined): string {
  const parts = statements.map(printStatement);
  if (comment !== undefined) parts.push(`comment ${quote(comment)}`);
  return parts.join(' ');
}

/** Values of flags are or-ed without an operator: `ct state established,related`; `==` must then be written. */
const flagKeys = /^(?:ct (?:state|status|label|event)|tcp flags)$/;

export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'match':
      return printMatch(statement.left, statement.op, statement.right);
    case 'verdict':
      return printVerdict(statement.verdict);
    case 'vmap':
      return `${printExpression(statement.key)} vmap ${printExpression(statement.map, styleOf(statement.key))}`;
    case 'reject':
      return statement.with === undefined ? 'reject' : `reject with ${statement.with}`;
    case 'assign':
      return `${printExpression(statement.target)} set ${printExpression(statement.value, styleOf(statement.target))}`;
    case 'nat':
      return printNat(statement);
    case 'notrack':
      return 'notrack';
    case 'tproxy':
      return `tproxy${statement.family === undefined ? '' : ` ${statement.family}`} to ${printTarget(statement.address, statement.port)}`;
    case 'ct-template':
      return Object.entries(isObject(statement.json) ? statement.json : {})
        .map(([name, value]) => `${name} set ${quote(String(value))}`)
        .join(' ');
    case 'stateful':
    case 'note':
    case 'unknown-effect':
      return printNamed(statement.name, statement.json);
    case 'either':
    case 'ipset':
    case 'extension':
      return `iptables ${statement.kind}`;
  }
}

function printMatch(left: Expression, op: string, right: Expression): string {
  const subject = printExpression(left);
  const style = styleOf(left);
  const isFlags = flagKeys.test(subject) || (left.kind === 'binary' && op !== '==');
  if (op === 'in') return `${subject} ${flagNames(right).join(',')}`;
  const value = printExpression(right, style);
  if (op !== '==') return `${subject} ${op} ${value}`;
  const isSet = right.kind === 'set' || right.kind === 'named-set';
  return isFlags && !isSet
    ? `${subject} == ${value}`
    : left.kind === 'binary'
      ? `${subject} == ${value}`
      : `${subject} ${value}`;
}

const flagNames = (expression: Expression): readonly string[] =>
  expression.kind === 'binary' && expression.op === '|'
    ? [...flagNames(expression.left), ...flagNames(expression.right)]
    : [printExpression(expression)];

function printNat(statement: Extract<Statement, { kind: 'nat' }>): string {
  const prefix = statement.action === 'netmap';
  const words: string[] = [prefix ? 'dnat' : statement.action];
  if (statement.family !== undefined) words.push(statement.family);
  if (prefix) words.push('prefix');
  const target = printTarget(statement.address, statement.port);
  if (target !== '') words.push('to', target);
  if (statement.flags.length > 0) words.push(statement.flags.join(','));
  return words.join(' ');
}

function printTarget(address: Expression | undefined, port: Expression | undefined): string {
  const host = address === undefined ? '' : printExpression(address);
  if (port === undefined) return host;
  const isIpv6 = address?.kind === 'constant' && host.includes(':');
  return `${isIpv6 ? `[${host}]` : host}:${printExpression(port)}`;
}

/** Statements that are kept as JSON. */
function printNamed(name: string, json: unknown): string {
  const fields: Json = isObject(json) ? json : {};
  const print = Object.hasOwn(printers, name) ? printers[name] : undefined;
  return print?.(fields, json) ?? (json === null ? name : `${name} ${JSON.stringify(json)}`);
}

const worded = (fields: Json, ...names: readonly (readonly [string, string])[]): string =>
  names.map(([key, word]) => (fields[key] === undefined ? '' : ` ${word}${String(fields[key])}`)).join('');

const objectName = (json: unknown): string | undefined => (typeof json === 'string' ? quote(json) : undefined);

const printers: Readonly<Record<string, (fields: Json, json: unknown) => string | undefined>> = {
  counter: (fields, json) =>
    objectName(json) === undefined
      ? `counter${worded(fields, ['packets', 'packets '], ['bytes', 'bytes '])}`
      : `counter name ${objectName(json)}`,
  limit: (fields, json) => (objectName(json) === undefined ? printLimit(fields) : `limit name ${objectName(json)}`),
  quota: (fields, json) => {
    if (objectName(json) !== undefined) return `quota name ${objectName(json)}`;
    const used = fields['used'] ? ` used ${String(fields['used'])} ${String(fields['used_unit'] ?? 'bytes')}` : '';
    return `quota ${fields['inv'] === true ? 'over ' : ''}${String(fields['val'])} ${String(fields['val_unit'] ?? 'bytes')}${used}`;
  },
  'ct count': (fields) => `ct count ${fields['inv'] === true ? 'over ' : ''}${String(fields['val'])}`,
  log: (fields) => {
    const prefix = fields['prefix'] === undefined ? '' : ` prefix ${quote(String(fields['prefix']))}`;
    const flags = fields['flags'] === undefined ? '' : ` flags ${printLogFlags(asList(fields['flags']).map(String))}`;
    return `log${prefix}${worded(fields, ['group', 'group '], ['snaplen', 'snaplen '], ['queue-threshold', 'queue-threshold '], ['level', 'level '])}${flags}`;
  },
  set: (fields) => printUpdate(fields, 'set'),
  map: (fields) => printUpdate(fields, 'map'),
  flow: (fields) => `flow ${String(fields['op'] ?? 'add')} ${String(fields['flowtable'])}`,
  dup: (fields) => {
    const device =
      fields['dev'] === undefined ? '' : ` device ${printExpression(parseExpression(fields['dev']), { quoted: true })}`;
    return `dup to ${printExpression(parseExpression(fields['addr']))}${device}`;
  },
  last: () => 'last',
};

/** `tcp sequence,options`, not one by one (nft's log_flags). */
function printLogFlags(flags: readonly string[]): string {
  const tcp = flags.filter((flag) => flag.startsWith('tcp ')).map((flag) => flag.slice(4));
  const others = flags.filter((flag) => !flag.startsWith('tcp '));
  return [...(tcp.length > 0 ? [`tcp ${tcp.join(',')}`] : []), ...others].join(' flags ');
}

function printLimit(fields: Json): string {
  const unit = fields['rate_unit'] === undefined ? '' : ` ${String(fields['rate_unit'])}`;
  const burst =
    fields['burst'] === undefined
      ? ''
      : ` burst ${String(fields['burst'])} ${String(fields['burst_unit'] ?? 'packets')}`;
  return `limit rate ${fields['inv'] === true ? 'over ' : ''}${String(fields['rate'])}${unit}/${String(fields['per'])}${burst}`;
}

function printUpdate(fields: Json, kind: 'set' | 'map'): string {
  const element = isObject(fields['elem']) && isObject(fields['elem']['elem']) ? fields['elem']['elem'] : undefined;
  const key = printExpression(parseExpression(element?.['val'] ?? fields['elem']));
  const timeout = element?.['timeout'] === undefined ? '' : ` timeout ${String(element['timeout'])}s`;
  const inner = asList(fields['stmt'])
    .map((each) => ` ${printStatement(parseStatement(each))}`)
    .join('');
  const data = kind === 'map' ? ` : ${printExpression(parseExpression(fields['data']))}` : '';
  return `${String(fields['op'])} ${String(fields[kind])} { ${key}${timeout}${inner}${data} }`;
}
