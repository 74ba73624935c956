/** `ipset save` → sets by name. */
import type { Gap } from '../model/gap.ts';
import type { Expression, NamedSet, SetElement } from '../model/statement.ts';
import { constant, range } from './build.ts';

interface OpenSet {
  readonly name: string;
  readonly type: string;
  readonly keyTypes: readonly string[];
  readonly other: Readonly<Record<string, string>>;
  readonly elements: SetElement[];
}

/** A line that makes no sense is a gap, and its set unreadable: an element may be missing. */
export function parseIpsets(text: string): {
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly gaps: readonly Gap[];
} {
  const open = new Map<string, OpenSet>();
  const spoiled = new Set<string>();
  const gaps: Gap[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [command, name, third] = words;
    if (command === '' || command?.startsWith('#')) continue;
    if (command === 'create' && name !== undefined && third !== undefined) {
      open.set(name, openSet(name, third, words.slice(3)));
      continue;
    }
    const set = name === undefined ? undefined : open.get(name);
    const element =
      command === 'add' && set !== undefined && third !== undefined ? parseElement(set, third, words) : undefined;
    if (element !== undefined) set?.elements.push(element);
    else {
      if (name !== undefined) spoiled.add(name);
      gaps.push({ source: 'ipset save', reason: 'invalid', detail: `not understood: ${line.slice(0, 200)}` });
    }
  }
  const sets = [...open.values()].map((set): [string, NamedSet] => [set.name, closeSet(set, spoiled.has(set.name))]);
  return { sets: new Map(sets), gaps };
}

function openSet(name: string, type: string, options: readonly string[]): OpenSet {
  const keyTypes = type.slice(type.indexOf(':') + 1).split(',');
  const other: Record<string, string> = {};
  for (const key of ['family', 'netmask']) {
    const at = options.indexOf(key);
    if (at >= 0) other[key] = options[at + 1] ?? '';
  }
  return { name, type, keyTypes, other, elements: [] };
}

const closeSet = (set: OpenSet, spoiled: boolean): NamedSet => ({
  name: set.name,
  tool: 'ipset',
  type: set.type,
  keyTypes: set.keyTypes,
  flags: [],
  elements: set.elements,
  other: set.other,
  ...(spoiled && { unreadable: true }),
});

function parseElement(set: OpenSet, text: string, words: readonly string[]): SetElement | undefined {
  const texts = text.split(',');
  if (texts.length > set.keyTypes.length) return undefined;
  const parts = texts.map((part, n) => keyPart(set.keyTypes[n] ?? '', part, set));
  const key: Expression = parts.length === 1 ? parts[0]! : { kind: 'concat', parts };
  return { key, ...(words.includes('nomatch') && { nomatch: true }) };
}

function keyPart(type: string, text: string, set: OpenSet): Expression {
  if (type === 'ip' || type === 'net') {
    const [from, to] = text.split('-');
    if (from !== undefined && to !== undefined) return range(from, to);
    const [address, length] = text.split('/');
    if (length !== undefined) return { kind: 'prefix', address: address ?? '', length: Number(length) };
    return constant(text);
  }
  if (type === 'port' && set.type === 'bitmap:port') {
    const [from, to] = text.split('-').map(Number);
    return to === undefined ? constant(from ?? 0) : range(from ?? 0, to);
  }
  if (type === 'mark') return constant(Number(text));
  return constant(text.replace(/^physdev:/, ''));
}
