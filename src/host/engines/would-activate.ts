/** Whether connecting to an engine's socket would start the engine: looking must change nothing. */
import { readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { allPids, type EngineProcess, readText } from './engine-processes.ts';

/** True when systemd holds the listening socket and no daemon serves it (socket activation, systemd.socket(5)). */
export function wouldActivate(socket: string, processes: readonly EngineProcess[]): boolean {
  const comm = socket.includes('podman') ? 'podman' : 'dockerd';
  const owner = statSync(socket, { throwIfNoEntry: false })?.uid;
  if (processes.some((process) => process.comm === comm && (process.uid === owner || owner === 0))) return false;
  const inodes = listeningInodes(socket);
  const managers = allPids().filter((pid) => readText(`/proc/${pid}/comm`).trim() === 'systemd');
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

/** Where we may not look into systemd (not root), it is taken to hold the socket: what we cannot see must not be started. */
function holds(pid: number, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readLink(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return pid === 1;
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
