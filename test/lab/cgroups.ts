/** Finds and removes the control groups that lab hosts leave behind: the one thing that outlives their namespaces. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStale } from './run-id.ts';

/** Every mounted hierarchy: the v1 ones or the v2 one. */
const hierarchies = (): readonly string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'cgroup' || fields[2] === 'cgroup2')
    .map((fields) => fields[1] ?? '');

/** Paths of the groups whose name begins so. */
export const findCgroups = (wanted: (name: string) => boolean): readonly string[] =>
  hierarchies().flatMap((root) =>
    readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && wanted(entry.name))
      .map((entry) => join(root, entry.name)),
  );

const removeTree = (path: string): boolean => {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
};

/** A group can be removed a moment after its last process has ended; waits for that, two seconds at most. */
export const removeCgroups = async (wanted: (name: string) => boolean): Promise<void> => {
  for (let tries = 0; tries < 40; tries += 1) {
    const left = findCgroups(wanted).filter((path) => !removeTree(path));
    if (left.length === 0) return;
    await sleep(50);
  }
};

/** What a run that was killed left behind. */
export const removeStaleCgroups = (): Promise<void> => removeCgroups(isStale);
