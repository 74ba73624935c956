/** Netns held by an open descriptor of some process, and by sockets that live in another netns than their process. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { CLONE_NEWNET, close, ioctl, syscall } from '../netlink/kernel/libc.ts';
import type { ProcessNetns } from './find-by-process.ts';
import { type FoundNamespaces, netnsFound, netnsInode } from './found-netns.ts';
import { commOf, listDirectory, readLink } from './proc-files.ts';

interface OpenSocket {
  readonly pid: number;
  readonly fd: number;
}

/**
 * A netns opened by its mount shows that path instead, and `/` once it is unmounted. Only such links are asked what they are:
 * asking about any file could wait for a network file system that does not answer.
 */
const mountedNetnsInode = (found: FoundNamespaces, pid: number, fd: string, link: string): number | undefined => {
  if (link !== '/' && !link.includes('netns/') && !found.mountPaths.has(link)) return undefined;
  try {
    const stat = statSync(`/proc/${pid}/fd/${fd}`);
    return stat.dev === found.dev && isNetns(`/proc/${pid}/fd/${fd}`) ? stat.ino : undefined;
  } catch {
    return undefined;
  }
};

const NS_GET_NSTYPE = 0xb703;

/** nsfs holds every kind of namespace: only a netns says CLONE_NEWNET. */
const isNetns = (path: string): boolean => {
  const fd = openSync(path, 'r');
  const type = ioctl(fd, NS_GET_NSTYPE, 0);
  closeSync(fd);
  return type === CLONE_NEWNET;
};

/** Notes every netns descriptor, and answers with every socket seen on the way. */
export const findByDescriptor = (found: FoundNamespaces, processes: ProcessNetns): readonly OpenSocket[] => {
  const sockets: OpenSocket[] = [];
  for (const pid of processes.keys()) {
    if (pid === process.pid) continue;
    for (const name of listDirectory(`/proc/${pid}/fd`)) {
      const link = readLink(`/proc/${pid}/fd/${name}`).text ?? '';
      if (link.startsWith('socket:')) sockets.push({ pid, fd: Number(name) });
      const inode = netnsInode(link) ?? mountedNetnsInode(found, pid, name, link);
      if (inode === undefined) continue;
      const netns = netnsFound(found, inode);
      netns.holders.push({ kind: 'descriptor', pid, fd: Number(name), comm: commOf(pid) });
      netns.doors.push(`/proc/${pid}/fd/${name}`);
    }
  }
  return sockets;
};

/** Same numbers on every architecture Node runs on (asm-generic/unistd.h). */
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;
const SIOCGSKNS = 0x894c;

/** The netns a foreign socket lives in; the caller closes the descriptor. Undefined when the kernel refuses or the socket has none. */
export const openNetnsOfSocket = (pid: number, fd: number): number | undefined => {
  const pidfd = syscall(SYS_PIDFD_OPEN, pid, 0, 0);
  if (pidfd < 0) return undefined;
  const copy = syscall(SYS_PIDFD_GETFD, pidfd, fd, 0);
  close(pidfd);
  if (copy < 0) return undefined;
  const netns = ioctl(copy, SIOCGSKNS, 0);
  close(copy);
  return netns < 0 ? undefined : netns;
};

/** `socket:PID/FD` is no path: it tells the reader to enter by openNetnsOfSocket. */
export const socketDoor = (pid: number, fd: number): string => `socket:${pid}/${fd}`;

export const SOCKET_LIMIT = 20_000;

/** Answers how many sockets were left out because of the limit. */
export const findBySocket = (
  found: FoundNamespaces,
  processes: ProcessNetns,
  sockets: readonly OpenSocket[],
): number => {
  for (const { pid, fd } of sockets.slice(0, SOCKET_LIMIT)) {
    const netnsFd = openNetnsOfSocket(pid, fd);
    if (netnsFd === undefined) continue;
    const inode = fstatSync(netnsFd).ino;
    close(netnsFd);
    if (inode === processes.get(pid)) continue;
    const netns = netnsFound(found, inode);
    if (netns.holders.some((holder) => holder.kind === 'socket' && holder.pid === pid)) continue;
    netns.holders.push({ kind: 'socket', pid, fd, comm: commOf(pid) });
    netns.doors.push(socketDoor(pid, fd));
  }
  return Math.max(0, sockets.length - SOCKET_LIMIT);
};
