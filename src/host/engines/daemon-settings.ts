/** What dockerd was told at its start: its arguments and its settings file, as far as they still are what it read. */
import { readFileSync, statSync } from 'node:fs';
import { readInRoot } from '../container-files.ts';
import type { DaemonSettings } from '../host.ts';

/** undefined when the process may not be looked at, or has gone. */
export async function readDaemonSettings(pid: number): Promise<DaemonSettings | undefined> {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, -1);
    const path = argument(args, 'config-file') ?? '/etc/docker/daemon.json';
    const text = await readInRoot(`/proc/${pid}/root`, path.replace(/^\//, ''));
    if (text === undefined) return { args, file: null };
    if (typeof text !== 'string' || isNewerThan(`/proc/${pid}/root${path}`, pid)) return { args };
    return { args, file: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** `--name=value` or `--name value`. */
function argument(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  return at < 0 ? undefined : args[at]?.includes('=') ? args[at].slice(name.length + 3) : args[at + 1];
}

/** A file that was written after the daemon began says what it will do, not what it does. */
function isNewerThan(path: string, pid: number): boolean {
  const bootedAt = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  // Field 22, counted after the name in brackets, which may hold anything; USER_HZ is 100 on every Linux there is.
  const startTicks = Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );
  return statSync(path).mtimeMs / 1000 > bootedAt + startTicks / 100 + 1;
}
