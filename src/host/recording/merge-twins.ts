/** One netns that was written down twice, by its container's name and by its file: told by its links being the same. */
import { parseObjects } from './mend-json.ts';

/** undefined: nothing but a loopback, which they all have. */
const fingerprint = (text: string | undefined): string | undefined => {
  const told = parseObjects(text)
    .filter((link) => link['link_type'] === 'ether' && link['address'] !== undefined)
    .map((link) => `${link['ifindex']} ${link['ifname']} ${link['address']} ${link['link_netnsid']}`);
  return told.length === 0 ? undefined : told.sort().join('\n');
};

export interface Written {
  readonly files: Map<string, string>;
  readonly names: string[];
  readonly pids: number[];
}

/** The first of twins gets what the others have. */
export const mergeTwins = <T extends Written>(all: readonly T[]): readonly T[] => {
  const firsts = new Map<string, T>();
  return all.filter((one) => {
    const key = fingerprint(one.files.get('links.json') ?? one.files.get('addresses.json'));
    const first = key === undefined ? undefined : firsts.get(key);
    if (key === undefined || first === undefined) {
      if (key !== undefined) firsts.set(key, one);
      return true;
    }
    for (const [file, text] of one.files) if (!first.files.has(file)) first.files.set(file, text);
    first.names.push(...one.names.filter((name) => !first.names.includes(name)));
    first.pids.push(...one.pids.filter((pid) => !first.pids.includes(pid)));
    return false;
  });
};
