/** Who has a socket open: socket inode → processes, from one walk over every process's descriptors. */
import type { Socket } from '../../model/socket.ts';
import { commOf, listDirectory, readLink, readText } from './proc-files.ts';

export type SocketProcess = Socket['processes'][number];
export type SocketHolders = (inode: number) => readonly SocketProcess[];

const describe = (pid: number): SocketProcess => {
  // Arguments are separated by NUL; a process that cleared them shows none.
  const cmdline = (readText(`/proc/${pid}/cmdline`).text ?? '').replaceAll('\0', ' ').trim();
  return { pid, comm: commOf(pid), ...(cmdline === '' ? {} : { cmdline }) };
};

export const findSocketHolders = (pids: Iterable<number>): SocketHolders => {
  const holders = new Map<number, Set<number>>();
  for (const pid of pids) {
    for (const name of listDirectory(`/proc/${pid}/fd`)) {
      const link = readLink(`/proc/${pid}/fd/${name}`).text ?? '';
      if (!link.startsWith('socket:[')) continue;
      const inode = Number(link.slice(8, -1));
      const known = holders.get(inode);
      if (known === undefined) holders.set(inode, new Set([pid]));
      else known.add(pid);
    }
  }
  const described = new Map<number, SocketProcess>();
  const process = (pid: number): SocketProcess => {
    const known = described.get(pid) ?? describe(pid);
    described.set(pid, known);
    return known;
  };
  return (inode) => [...(holders.get(inode) ?? [])].map(process);
};
