/** Native tables → a file for `nft -f`. */
import type { BaseChain, Chain, NamedSet, Table } from '../../model/ruleset.ts';
import { printElement, quote, styleOfTypes } from './print-expression.ts';

export function printNft(tables: readonly Table[]): string {
  return tables.map(printTable).join('');
}

function printTable(table: Table): string {
  const flags = table.flags === undefined ? [] : [`\tflags ${table.flags.join(',')}`];
  const sets = [...table.sets.values()].map(printSet);
  const chains = [...table.chains.values()].map(printChain);
  return `table ${table.family} ${table.name} {\n${[...flags, ...sets, ...chains].join('\n')}\n}\n`;
}

function printChain(chain: Chain): string {
  const lines = chain.rules.map((rule) => `\t\t${rule.text}`);
  if (chain.base !== undefined) lines.unshift(`\t\t${printBase(chain.base)}`);
  return [`\tchain ${chain.name} {`, ...lines, '\t}'].join('\n');
}

function printBase(base: BaseChain): string {
  const devices = base.devices === undefined ? '' : ` devices = { ${base.devices.map(quote).join(', ')} }`;
  return `type ${base.type} hook ${base.hook}${devices} priority ${base.priority}; policy ${base.policy};`;
}

/** Fields of the JSON that are lines of their own in the text. */
const ownLines: Readonly<Record<string, (value: unknown) => string>> = {
  timeout: (value) => `timeout ${String(value)}s`,
  'gc-interval': (value) => `gc-interval ${String(value)}s`,
  size: (value) => `size ${String(value)}`,
  policy: (value) => `policy ${String(value)}`,
};

function printSet(set: NamedSet): string {
  const data = set.dataType === undefined ? '' : ` : ${printDataType(set.dataType)}`;
  const lines = [`\t\ttype ${set.keyTypes.join(' . ')}${data}`];
  if (set.flags.length > 0) lines.push(`\t\tflags ${set.flags.join(',')}`);
  for (const [key, value] of Object.entries(set.other ?? {})) {
    const print = Object.hasOwn(ownLines, key) ? ownLines[key] : undefined;
    if (print !== undefined) lines.push(`\t\t${print(value)}`);
  }
  if (set.other?.['auto-merge'] === true) lines.push('\t\tauto-merge');
  if (set.comment !== undefined) lines.push(`\t\tcomment ${quote(set.comment)}`);
  const style = styleOfTypes(set.keyTypes);
  const elements = set.elements.map((element) => printElement(element, style));
  if (elements.length > 0) lines.push(`\t\telements = { ${elements.join(', ')} }`);
  return [`\t${set.type} ${set.name} {`, ...lines, '\t}'].join('\n');
}

const printDataType = (type: string): string =>
  type.startsWith('[') ? (JSON.parse(type) as readonly string[]).join(' . ') : type;
