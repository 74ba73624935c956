/** Sets and maps: which element has this key. Exact keys are found at once, intervals and wildcards one by one. */
import type { Expression, NamedSet, SetElement } from '../../model/statement.ts';
import { isUnknown, type Unknown, unknown } from '../context.ts';
import { compileRead } from './compile-read.ts';
import { compileTest, type Test } from './compile-test.ts';
import { constantValue } from './constants.ts';
import type { Environment } from './environment.ts';
import type { Value, ValueType } from './value.ts';
import type { View } from './view.ts';

export type Find = (value: Value, view: View) => SetElement | undefined | Unknown;

interface TestedElement {
  readonly element: SetElement;
  readonly test: Test;
}

interface Index {
  /** Elements whose key is one number, address or full name. */
  readonly exact: ReadonlyMap<unknown, SetElement>;
  readonly others: readonly TestedElement[];
  /** Every element, for a value that is not certain. */
  readonly all: () => readonly TestedElement[];
  readonly catchAll?: SetElement;
}

export function compileSet(set: Expression, type: ValueType, env: Environment): Find {
  if (set.kind === 'set') return find(set.elements, type, env);
  if (set.kind !== 'named-set') return () => unknown('a set that is none');
  const named: NamedSet | undefined = env.sets.get(set.name);
  if (named === undefined) return () => unknown(`set ${set.name} is not there`);
  if (named.unreadable === true) return () => unknown(`the elements of set ${set.name}`);
  return find(named.elements, type, env);
}

/** Reads the key, then looks it up; undefined also when the packet has no such field. */
export function findElement(
  key: Expression,
  map: Expression,
  env: Environment,
): (view: View) => SetElement | undefined | Unknown {
  const reading = compileRead(key, env);
  const look = compileSet(map, reading.type, env);
  return (view) => {
    const value = reading.read(view);
    return value === undefined ? undefined : look(value, view);
  };
}

function find(elements: readonly SetElement[], type: ValueType, env: Environment): Find {
  let index: Index | undefined;
  return (value, view) => {
    index ??= buildIndex(elements, type, env);
    if (isCertain(value)) {
      const exact = index.exact.get(keyOf(value));
      if (exact !== undefined) return exact;
    }
    return search(index, value, view) ?? index.catchAll;
  };
}

function search(index: Index, value: Value, view: View): SetElement | undefined | Unknown {
  let doubt: Unknown | undefined;
  for (const { element, test } of isCertain(value) ? index.others : index.all()) {
    const truth = test(value, view);
    if (truth === true) return element;
    if (truth !== false) doubt ??= truth;
  }
  return doubt;
}

const isCertain = (value: Value): boolean => (Array.isArray(value) ? value.every(isCertain) : !isUnknown(value));

const keyOf = (value: Value): unknown => (Array.isArray(value) ? value.join('\0') : value);

function buildIndex(elements: readonly SetElement[], type: ValueType, env: Environment): Index {
  const exact = new Map<unknown, SetElement>();
  const others: TestedElement[] = [];
  const tested = (element: SetElement): TestedElement => ({ element, test: compileTest(element.key, type, env) });
  let catchAll: SetElement | undefined;
  for (const element of elements) {
    if (element.key.kind === 'constant' && element.key.value === '*') {
      catchAll = element;
      continue;
    }
    const key = exactKey(element.key, type);
    if (key === undefined) others.push(tested(element));
    else if (!exact.has(key)) exact.set(key, element);
  }
  let all: readonly TestedElement[] | undefined;
  const everyElement = (): readonly TestedElement[] => {
    all ??= [...[...exact.values()].map(tested), ...others];
    return all;
  };
  return { exact, others, all: everyElement, ...(catchAll !== undefined && { catchAll }) };
}

/** undefined: not one exact value, so that it must be tested. */
function exactKey(key: Expression, type: ValueType): unknown {
  if (key.kind === 'concat' && type.kind === 'tuple' && key.parts.length === type.parts.length) {
    const parts = key.parts.map((part, n) => exactKey(part, type.parts[n]!));
    return parts.includes(undefined) ? undefined : parts.join('\0');
  }
  if (key.kind !== 'constant') return undefined;
  if (type.kind === 'link' && type.byIndex === true) return undefined;
  if (type.kind === 'link') return typeof key.value === 'string' && !key.value.endsWith('*') ? key.value : undefined;
  if (type.kind === 'found-link') return undefined;
  return constantValue(type, key.value);
}
