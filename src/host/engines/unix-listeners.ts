/** Who listens on a unix socket, as far as /proc tells. */
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';

export interface EngineProcess {
  readonly pid: number;
  readonly comm: string;
  readonly uid: number;
}

/** Processes whose name says that they serve an engine's API. */
export function findEngineProcesses(): readonly EngineProcess[] {
  return pids().flatMap((pid) => {
    const comm = readText(`/proc/${pid}/comm`).trim();
    const serves =
      comm === 'dockerd' || (comm === 'podman' && /\0system\0service\0/.test(readText(`/proc/${pid}/cmdline`)));
    return serves ? [{ pid, comm, uid: uidOf(pid) }] : [];
  });
}

/** Whether only systemd holds the socket: connecting would then start the service behind it, and looking must change nothing. */
export function wouldActivate(socket: string, processes: readonly EngineProcess[]): boolean {
  const kind = socket.includes('podman') ? 'podman' : 'dockerd';
  const owner = statSync(socket, { throwIfNoEntry: false })?.uid;
  if (processes.some(({ comm, uid }) => comm === kind && (uid === owner || owner === 0))) return false;
  const inodes = listeningInodes(socket);
  const managers = pids().filter((pid) => readText(`/proc/${pid}/comm`).trim() === 'systemd');
  return managers.some((pid) => holds(pid, inodes));
}

/** /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path; flag 0x10000 is __SO_ACCEPTCON, a listening socket. */
function listeningInodes(path: string): ReadonlySet<string> {
  const names = new Set([
    path,
    realPath(path),
    path.replace(/^\/run\//, '/var/run/'),
    path.replace(/^\/var\/run\//, '/run/'),
  ]);
  const found = readText('/proc/net/unix')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '00010000' && names.has(fields[7] ?? ''))
    .map((fields) => `socket:[${fields[6]}]`);
  return new Set(found);
}

/** Where we may not look into systemd, it is taken to hold the socket: unseen must not become started. */
function holds(pid: number, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readLink(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return pid === 1;
  }
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function uidOf(pid: number): number {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? -1;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
