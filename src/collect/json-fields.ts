/** Reads fields of a foreign JSON object one by one: a field of the wrong kind is told and left out, the others still count. */

/** `told` takes one line a field: `HostConfig.Links: a number instead of a list`. */
export interface JsonFields {
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string) => number | undefined;
  readonly flag: (name: string) => boolean | undefined;
  /** The object below `name`; one without fields when there is none, so that chains need no checks. */
  readonly at: (name: string) => JsonFields;
  readonly texts: (name: string) => readonly string[];
  readonly list: (name: string) => readonly JsonFields[];
  /** Objects by key: `NetworkSettings.Networks`. */
  readonly map: (name: string) => readonly (readonly [string, JsonFields])[];
  readonly labels: (name: string) => Readonly<Record<string, string>>;
  readonly keys: () => readonly string[];
}

export type Tell = (trouble: string) => void;

export function jsonFields(json: unknown, tell: Tell, path = ''): JsonFields {
  const object = isObject(json) ? json : {};
  if (json !== undefined && json !== null && !isObject(json))
    tell(`${path || 'answer'}: ${nameKind(json)} instead of an object`);
  const full = (name: string) => (path === '' ? name : `${path}.${name}`);
  /** Engines write null for "none" as readily as they leave a field out. */
  const get = <T>(name: string, kind: string, is: (value: unknown) => value is T): T | undefined => {
    const value = object[name];
    if (value === undefined || value === null) return undefined;
    if (is(value)) return value;
    tell(`${full(name)}: ${nameKind(value)} instead of ${kind}`);
    return undefined;
  };
  const entries = (name: string) => Object.entries(get(name, 'an object', isObject) ?? {});
  const array = (name: string) => get(name, 'a list', Array.isArray) ?? [];
  return {
    text: (name) => get(name, 'a text', isText),
    number: (name) => get(name, 'a number', isNumber),
    flag: (name) => get(name, 'true or false', isFlag),
    at: (name) => jsonFields(object[name], tell, full(name)),
    texts: (name) =>
      array(name).filter((item): item is string => {
        if (!isText(item)) tell(`${full(name)}: holds ${nameKind(item)}`);
        return isText(item);
      }),
    list: (name) => array(name).map((item, index) => jsonFields(item, tell, `${full(name)}[${index}]`)),
    map: (name) => entries(name).map(([key, value]) => [key, jsonFields(value, tell, `${full(name)}.${key}`)] as const),
    labels: (name) => {
      const texts = entries(name).filter((entry): entry is [string, string] => {
        if (!isText(entry[1])) tell(`${full(name)}.${entry[0]}: ${nameKind(entry[1])} instead of a text`);
        return isText(entry[1]);
      });
      return Object.fromEntries(texts);
    },
    keys: () => Object.keys(object),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

function nameKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
