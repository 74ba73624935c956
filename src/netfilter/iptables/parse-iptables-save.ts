/** iptables-save's text (either backend, either family, with or without counters) → tables. */
import type { Gap } from '../../model/gap.ts';
import type { BaseChain, Counters, Rule, RulesetBackend, Table } from '../../model/ruleset.ts';
import type { Clause, Statement } from '../../model/statement.ts';
import { builtinChain } from './builtin-chain.ts';
import { parseClauses } from './parse-clauses.ts';
import { statementsOf } from './statements-of.ts';
import { splitWords } from './words.ts';

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
  readonly chains: Map<string, OpenChain>;
}

/** A line that makes no sense is a gap; the rest stands. */
export function parseIptablesSave(
  text: string,
  source: SaveSource,
): { readonly tables: readonly Table[]; readonly gaps: readonly Gap[] } {
  const tables = new Map<string, OpenTable>();
  const gaps: Gap[] = [];
  let table = source.table === undefined ? undefined : openTable(tables, source.table);
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim();
    const first = line[0];
    if (first === undefined || first === '#' || line === 'COMMIT') continue;
    if (first === '*') {
      table = openTable(tables, line.slice(1).trim());
      continue;
    }
    const problem = table === undefined ? 'outside a table' : parseLine(table, line, source);
    if (problem !== undefined) gaps.push(lineGap(source, `${problem}: ${line.slice(0, 200)}`));
  }
  const position = source.position ?? 0;
  return { tables: [...tables.values()].map((open, n) => closeTable(open, source, position + n)), gaps };
}

function openTable(tables: Map<string, OpenTable>, name: string): OpenTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = { name, chains: new Map<string, OpenChain>() };
  tables.set(name, table);
  return table;
}

function parseLine(table: OpenTable, line: string, source: SaveSource): string | undefined {
  if (line[0] === ':') return parseChainLine(table, line);
  const words = splitWords(line);
  if (words === undefined) return 'a quote is not closed';
  let at = 0;
  let counters: Counters | undefined;
  if (words[0]?.text.startsWith('[')) {
    counters = parseCounters(words[0].text);
    at = 1;
  }
  const command = words[at]?.text;
  const chainName = words[at + 1]?.text;
  if (chainName === undefined) return 'no chain';
  if (command === '-N' || command === '-P')
    return declareChain(table, chainName, words[at + 2]?.text ?? '-', undefined);
  if (command !== '-A') return 'not a rule';
  const clauses = parseClauses(words, at + 2);
  if (typeof clauses === 'string') return clauses;
  if (clauses[0]?.options.some((option) => option.name === (source.family === 'ip' ? '-6' : '-4'))) return undefined;
  const chain = openChain(table, chainName);
  const ruleText = at === 0 ? line : line.slice(line.indexOf(']') + 1).trimStart();
  chain.rules.push(makeRule(table, chain.rules.length + 1, ruleText, clauses, counters, source.family));
  return undefined;
}

function makeRule(
  table: OpenTable,
  index: number,
  text: string,
  clauses: readonly Clause[],
  counters: Counters | undefined,
  family: 'ip' | 'ip6',
): Rule {
  let statements: readonly Statement[] | undefined;
  return {
    index,
    text,
    comments: commentsOf(clauses),
    ...(counters !== undefined && { counters }),
    clauses,
    // Worked out when first asked for: most rules of a large host are never evaluated, and every chain must be known by then.
    get statements() {
      statements ??= statementsOf(clauses, family, (name) => table.chains.has(name));
      return statements;
    },
  };
}

const noComments: readonly string[] = [];

function commentsOf(clauses: readonly Clause[]): readonly string[] {
  if (!clauses.some((clause) => clause.name === 'comment')) return noComments;
  return clauses
    .filter((clause) => clause.kind === 'match' && clause.name === 'comment')
    .map((clause) => clause.options[0]?.values[0] ?? '');
}

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
