/** `nft -j list ruleset` → tables with their chains, rules, sets and maps. */
import type { Gap } from '../../model/gap.ts';
import type { BaseChain, Chain, Hook, Rule, RulesetFamily, Table } from '../../model/ruleset.ts';
import type { NamedSet, SetElement } from '../../model/statement.ts';
import { asList, asNumber, asText, isObject, type Json, onlyEntry } from './json.ts';
import { lazyNftRule } from './lazy-nft-rule.ts';
import { parseElement } from './parse-expression.ts';
import { parsePriority } from './parse-priority.ts';
import { unreadableFlag } from './unreadable-flag.ts';

interface OpenTable {
  readonly family: RulesetFamily;
  readonly name: string;
  readonly flags: readonly string[];
  readonly chains: Map<string, Chain & { readonly rules: Rule[] }>;
  readonly sets: Map<string, NamedSet>;
}

const familyNames: ReadonlySet<unknown> = new Set(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);
const hookNames: ReadonlySet<unknown> = new Set([
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'ingress',
  'egress',
]);

/** Tables in the order listed, `position` from 0. A piece that makes no sense is a gap; the rest stands. */
export function parseNftJson(text: string): { readonly tables: readonly Table[]; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    gaps.push(nftGap(`no JSON: ${(error as Error).message}`));
    return { tables: [], gaps };
  }
  const tables = new Map<string, OpenTable>();
  for (const item of asList(isObject(document) ? document['nftables'] : undefined)) {
    const [kind, value] = onlyEntry(item) ?? [];
    const problem = kind === undefined || !isObject(value) ? 'not an object' : readObject(tables, kind, value);
    if (problem !== undefined) gaps.push(nftGap(`${problem}: ${JSON.stringify(item).slice(0, 200)}`));
  }
  return { tables: [...tables.values()].map(closeTable), gaps };
}

const nftGap = (detail: string): Gap => ({ source: 'nft -j list ruleset', reason: 'invalid', detail });

const closeTable = (open: OpenTable, position: number): Table => ({
  backend: 'nft',
  family: open.family,
  name: open.name,
  chains: open.chains,
  sets: open.sets,
  position,
  ...(open.flags.length > 0 && { flags: open.flags }),
});

/** Objects rules only refer to by name without any effect on verdicts. */
const ignored: ReadonlySet<string> = new Set([
  'metainfo',
  'counter',
  'quota',
  'limit',
  'secmark',
  'synproxy',
  'flowtable',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'tunnel',
]); // prettier-ignore

function readObject(tables: Map<string, OpenTable>, kind: string, json: Json): string | undefined {
  if (ignored.has(kind)) return undefined;
  const { family } = json;
  const name = asText(json['name']);
  if (!familyNames.has(family)) return 'a family that is not known';
  const tableName = kind === 'table' ? name : asText(json['table']);
  if (tableName === undefined) return 'without a table';
  const table = openTable(tables, family as RulesetFamily, tableName, kind === 'table' ? json : undefined);
  switch (kind) {
    case 'table':
      return table.flags.includes(unreadableFlag)
        ? 'flags that are not understood, the table may be dormant'
        : undefined;
    case 'chain':
      return name === undefined ? 'a chain without a name' : readChain(table, name, json);
    case 'rule':
      return readRule(table, json);
    case 'set':
    case 'map':
      if (name === undefined) return 'a set without a name';
      table.sets.set(name, readSet(kind, name, json));
      return undefined;
    case 'element':
      return undefined;
    default:
      return 'an object that is not understood';
  }
}

const tableFlags: ReadonlySet<unknown> = new Set(['dormant', 'owner', 'persist']);

function openTable(
  tables: Map<string, OpenTable>,
  family: RulesetFamily,
  name: string,
  json: Json | undefined,
): OpenTable {
  const key = `${family} ${name}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const flags = asList(json?.['flags']).map((flag) => (tableFlags.has(flag) ? String(flag) : unreadableFlag));
  const table: OpenTable = { family, name, flags, chains: new Map(), sets: new Map() };
  tables.set(key, table);
  return table;
}

function readChain(table: OpenTable, name: string, json: Json): string | undefined {
  const base = readBase(table.family, json);
  table.chains.set(name, { name, rules: [], ...(typeof base === 'object' && { base }) });
  return typeof base === 'string' ? base : undefined;
}

function readBase(family: RulesetFamily, json: Json): BaseChain | string | undefined {
  const { hook, type } = json;
  if (hook === undefined) return undefined;
  const priority = parsePriority(json['prio'], family);
  if (!hookNames.has(hook) || priority === undefined) return 'a base chain that is not understood';
  const devices = asList(json['dev']).map(String);
  return {
    type: type === 'nat' || type === 'route' ? type : 'filter',
    hook: hook as Hook,
    priority,
    policy: json['policy'] === 'drop' ? 'drop' : 'accept',
    ...(typeof json['prio'] === 'string' && { priorityText: json['prio'] }),
    ...(json['dev'] !== undefined && { devices }),
  };
}

function readRule(table: OpenTable, json: Json): string | undefined {
  const chain = table.chains.get(asText(json['chain']) ?? '');
  if (chain === undefined) return 'a rule without its chain';
  const expressions = asList(json['expr']);
  chain.rules.push(lazyNftRule(chain.rules.length + 1, expressions, asNumber(json['handle']), asText(json['comment'])));
  return undefined;
}

const setFields: ReadonlySet<string> = new Set([
  'family',
  'name',
  'table',
  'type',
  'handle',
  'map',
  'flags',
  'elem',
  'comment',
]);

function readSet(kind: 'set' | 'map', name: string, json: Json): NamedSet {
  const typed = asList(json['type']).map((type) => asText(type) ?? '');
  const other = Object.fromEntries(Object.entries(json).filter(([key]) => !setFields.has(key)));
  const comment = asText(json['comment']);
  let elements: readonly SetElement[] | undefined;
  return {
    name,
    tool: 'nft',
    type: kind,
    keyTypes: typed,
    ...(kind === 'map' && { dataType: asText(json['map']) ?? JSON.stringify(json['map']) }),
    flags: asList(json['flags']).map(String),
    get elements() {
      elements ??= asList(json['elem']).map(parseElement);
      return elements;
    },
    ...(comment !== undefined && { comment }),
    ...(typed.includes('') ? { other: { ...other, type: json['type'] } } : Object.keys(other).length > 0 && { other }),
  };
}
