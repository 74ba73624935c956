/** What an engine answered, in files that people name as they like: told by what they hold. */
import { parseMended } from './mend-json.ts';

type Part = 'containers.json' | 'networks.json' | 'info.json' | 'version.json';
type Item = Readonly<Record<string, unknown>>;

const has = (item: Item, ...keys: readonly string[]): boolean => keys.every((key) => item[key] !== undefined);

const partOf = (item: Item): Part | undefined => {
  if (has(item, 'Id') && (has(item, 'NetworkSettings') || has(item, 'State'))) return 'containers.json';
  if (has(item, 'Id', 'Driver', 'IPAM')) return 'networks.json';
  if (has(item, 'ServerVersion') || has(item, 'ContainersRunning')) return 'info.json';
  return has(item, 'Server') || has(item, 'ApiVersion', 'Version') ? 'version.json' : undefined;
};

/** One answer, a list of them, or one a line (`--format '{{json .}}'`). */
const itemsOf = (text: string): readonly Item[] => {
  const json =
    parseMended(text) ??
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => parseMended(line));
  return [json].flat().filter((item): item is Item => typeof item === 'object' && item !== null);
};

/** `docker version` holds the engine's own answer below Server. */
const serverOf = (item: Item): unknown => item['Server'] ?? item;

export interface EngineFiles {
  readonly files: ReadonlyMap<Part, string>;
  /** The paths they were found at. */
  readonly paths: ReadonlySet<string>;
}

const mayHold = /"(?:NetworkSettings|State|IPAM|ServerVersion|ContainersRunning|ApiVersion|Server)"/;

/** A container that was inspected twice is told once. `isTools`: files that are known to be something else. */
export const findEngineFiles = (files: ReadonlyMap<string, string>): EngineFiles => {
  const lists = { 'containers.json': new Map<unknown, Item>(), 'networks.json': new Map<unknown, Item>() };
  const single = new Map<Part, string>();
  const paths = new Set<string>();
  for (const [path, text] of files) {
    if (!mayHold.test(text)) continue;
    for (const item of itemsOf(text)) {
      const part = partOf(item);
      if (part === undefined) continue;
      paths.add(path);
      if (part === 'containers.json' || part === 'networks.json') lists[part].set(item['Id'], item);
      else if (!single.has(part)) single.set(part, JSON.stringify(part === 'version.json' ? serverOf(item) : item));
    }
  }
  for (const part of ['containers.json', 'networks.json'] as const)
    if (lists[part].size > 0) single.set(part, JSON.stringify([...lists[part].values()]));
  return { files: single, paths };
};
