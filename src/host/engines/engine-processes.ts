/** The daemons of the engines on this machine: found without looking at every process where a pid file tells. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

export interface EngineProcess {
  readonly pid: number;
  readonly comm: string;
  readonly uid: number;
}

/** Docker's own pid file; its socket existing without it (rootless, other distributions) makes a look at all processes worthwhile. */
const pidFile = '/run/docker.pid';

export function findEngineProcesses(sockets: readonly string[]): readonly EngineProcess[] {
  if (sockets.length === 0) return [];
  const pid = Number(readText(pidFile).trim());
  const main = Number.isInteger(pid) && pid > 0 ? engineProcess(pid) : undefined;
  const others = sockets.some((socket) => !/^(\/var)?\/run\/docker\.sock$/.test(socket));
  return main === undefined || others ? allPids().flatMap((one) => engineProcess(one) ?? []) : [main];
}

/** undefined when the process does not serve an engine's API. */
function engineProcess(pid: number): EngineProcess | undefined {
  const comm = readText(`/proc/${pid}/comm`).trim();
  const serves =
    comm === 'dockerd' || (comm === 'podman' && /\0system\0service\0/.test(readText(`/proc/${pid}/cmdline`)));
  return serves ? { pid, comm, uid: statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? -1 } : undefined;
}

export function allPids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** '' when it cannot be read. */
export function readText(path: string): string {
  if (!existsSync(path)) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
