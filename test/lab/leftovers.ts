/** What a lab host would leave on the machine if it leaked: processes, control groups, mounts, links, tables. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '../support/needs.ts';
import { findCgroups } from './cgroups.ts';
import { runId } from './run-id.ts';

export type MachineState = Readonly<Record<string, readonly string[]>>;

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const read = (path: string): readonly string[] => {
  try {
    return lines(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
};

const netnsOf = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
};

/** Processes below this one that live in another netns: hosts of this run and what runs in them. */
const processesElsewhere = (): readonly string[] => {
  const own = netnsOf('self');
  const below = (pid: number): readonly number[] =>
    read(`/proc/${pid}/task/${pid}/children`)
      .flatMap((children) => children.trim().split(' '))
      .map(Number)
      .flatMap((child) => [child, ...below(child)]);
  return below(process.pid)
    .filter((pid) => {
      // A process that has ended and is not reaped yet has no netns any more.
      const netns = netnsOf(String(pid));
      return netns !== undefined && netns !== own;
    })
    .map((pid) => `${pid} ${read(`/proc/${pid}/comm`)[0] ?? ''}`);
};

const command = (tool: string, ...args: readonly string[]): readonly string[] =>
  findTool(tool) === undefined
    ? []
    : lines(execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

/** Read without loading or making anything: `ip_tables_names` lists tables, it registers none. */
export const machineState = (): MachineState => ({
  links: readdirSync('/sys/class/net'),
  // Named netns are somebody's on purpose; a lab host names none here.
  mounts: read('/proc/self/mounts').filter((line) => !line.includes(' nsfs ')),
  cgroups: findCgroups((name) => name.startsWith(runId)),
  processes: processesElsewhere(),
  nftTables: command('nft', 'list', 'tables'),
  legacyTables: [...read('/proc/net/ip_tables_names'), ...read('/proc/net/ip6_tables_names')],
});

/** What is there now and was not before, one line each; what is just ending gets `patience` ms to do so. */
export const settledLeftovers = async (before: MachineState, patience = 5_000): Promise<readonly string[]> => {
  const end = Date.now() + patience;
  for (;;) {
    const left = leftovers(before);
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(200);
  }
};

/** What is there now and was not before, one line each. */
export const leftovers = (before: MachineState, now: MachineState = machineState()): readonly string[] =>
  Object.entries(now).flatMap(([kind, entries]) =>
    entries.filter((entry) => !(before[kind] ?? []).includes(entry)).map((entry) => `${kind}: ${entry}`),
  );
