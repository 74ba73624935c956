/** iptables-save's text (either backend, either family, with or without counters) → tables. */
import type { Gap } from '../../model/gap.ts';
import type { BaseChain, Counters, Rule, RulesetBackend, Table } from '../../model/ruleset.ts';
import type { Clause } from '../../model/statement.ts';
import { builtinChain } from './builtin-chain.ts';
import { isWellFormed, lazyRule, type RuleHome, readClauses } from './lazy-rule.ts';
import { splitWords, wordText } from './words.ts';

export interface SaveSource {
  readonly family: 'ip' | 'ip6';
  readonly backend: Exclude<RulesetBackend, 'nft'>;
  /** Position of the first table; the others follow. */
  readonly position?: number;
  /** Table of lines before the first `*table` (the text of `iptables -S`). */
  readonly table?: string;
}

interface OpenChain {
  readonly name: string;
  base?: BaseChain;
  counters?: Counters;
  readonly rules: Rule[];
}

interface OpenTable {
  readonly name: string;
  readonly home: RuleHome;
  readonly chains: Map<string, OpenChain>;
}

/** A line that makes no sense is a gap; the rest stands. */
export function parseIptablesSave(
  text: string,
  source: SaveSource,
): { readonly tables: readonly Table[]; readonly gaps: readonly Gap[] } {
  const tables = new Map<string, OpenTable>();
  const gaps: Gap[] = [];
  let table = source.table === undefined ? undefined : openTable(tables, source.table, source);
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim();
    const first = line[0];
    if (first === undefined || first === '#' || line === 'COMMIT') continue;
    if (first === '*') {
      table = openTable(tables, line.slice(1).trim(), source);
      continue;
    }
    const problem = table === undefined ? 'outside a table' : parseLine(table, line);
    if (problem !== undefined) gaps.push(lineGap(source, `${problem}: ${line.slice(0, 200)}`));
  }
  const position = source.position ?? 0;
  return { tables: [...tables.values()].map((open, n) => closeTable(open, source, position + n)), gaps };
}

function openTable(tables: Map<string, OpenTable>, name: string, source: SaveSource): OpenTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const chains = new Map<string, OpenChain>();
  const table: OpenTable = { name, home: { family: source.family, isChain: (chain) => chains.has(chain) }, chains };
  tables.set(name, table);
  return table;
}

function parseLine(table: OpenTable, line: string): string | undefined {
  if (line[0] === ':') return parseChainLine(table, line);
  let start = 0;
  let counters: Counters | undefined;
  if (line[0] === '[') {
    start = line.indexOf('] ') + 2;
    counters = parseCounters(line.slice(0, start - 1));
  }
  if (!line.startsWith('-A ', start)) return parseOther(table, line);
  const text = start === 0 ? line : line.slice(start);
  if (!isWellFormed(text)) return addOddRule(table, text, counters);
  const end = text.indexOf(' ', 3);
  const name = text[3] === '"' ? wordText(splitWords(text)?.[1] ?? '') : text.slice(3, end < 0 ? text.length : end);
  addRule(table, name, text, counters);
  return undefined;
}

/** `-N`, `-P` of `iptables -S`. */
function parseOther(table: OpenTable, line: string): string | undefined {
  const [command, chain, policy] = line.split(/\s+/);
  if (chain === undefined || (command !== '-N' && command !== '-P')) return 'not a rule';
  return declareChain(table, chain, policy ?? '-', undefined);
}

/** Not as iptables-save prints it: read at once. What cannot be read stays in its place and is unknown when a packet gets there. */
function addOddRule(table: OpenTable, text: string, counters: Counters | undefined): string | undefined {
  const chain = splitWords(text)?.[1];
  const clauses = readClauses(text);
  if (typeof clauses !== 'string' && isForOtherFamily(clauses, table.home.family)) return undefined;
  if (chain !== undefined) addRule(table, wordText(chain), text, counters);
  return typeof clauses === 'string' ? clauses : undefined;
}

function addRule(table: OpenTable, chain: string, text: string, counters: Counters | undefined): void {
  const { rules } = openChain(table, chain);
  rules.push(lazyRule(rules.length + 1, text, counters, table.home));
}

/** `-4` and `-6` in files made for both. */
const isForOtherFamily = (clauses: readonly Clause[], family: 'ip' | 'ip6'): boolean =>
  clauses[0]?.kind === 'header' && clauses[0].options.some((option) => option.name === (family === 'ip' ? '-6' : '-4'));

function parseChainLine(table: OpenTable, line: string): string | undefined {
  const [name, policy, counters] = line.slice(1).trim().split(/\s+/);
  if (name === undefined || policy === undefined) return 'not a chain';
  return declareChain(table, name, policy, counters);
}

function declareChain(
  table: OpenTable,
  name: string,
  policy: string,
  counters: string | undefined,
): string | undefined {
  const chain = openChain(table, name);
  const count = counters === undefined ? undefined : parseCounters(counters);
  if (count !== undefined) chain.counters = count;
  if (policy === '-') return undefined;
  const base = builtinChain(table.name, name, policy === 'DROP' ? 'drop' : 'accept');
  if (base === undefined || (policy !== 'DROP' && policy !== 'ACCEPT')) return 'not a built-in chain with a policy';
  chain.base = base;
  return undefined;
}

function openChain(table: OpenTable, name: string): OpenChain {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const base = builtinChain(table.name, name, 'accept');
  const chain: OpenChain = { name, rules: [], ...(base !== undefined && { base }) };
  table.chains.set(name, chain);
  return chain;
}

function parseCounters(text: string): Counters | undefined {
  const match = /^\[(\d+):(\d+)\]$/.exec(text);
  return match === null ? undefined : { packets: Number(match[1]), bytes: Number(match[2]) };
}

const closeTable = (open: OpenTable, source: SaveSource, position: number): Table => ({
  backend: source.backend,
  family: source.family,
  name: open.name,
  chains: open.chains,
  sets: new Map(),
  position,
});

const lineGap = (source: SaveSource, detail: string): Gap => ({
  source: `${source.family === 'ip' ? 'iptables' : 'ip6tables'}-save (${source.backend})`,
  reason: 'invalid',
  detail,
});
