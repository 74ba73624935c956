/** Every netns of this machine that something visible holds, and which of them is the host's own. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Gap } from '../../model/gap.ts';
import { findByDescriptor, findBySocket, SOCKET_LIMIT } from './find-by-descriptor.ts';
import { findByMount } from './find-by-mount.ts';
import { findByProcess, findByThread, type ProcessNetns } from './find-by-process.ts';
import { procNetInode, type UnreadableNetns } from './find-unreadable.ts';
import { type FoundNamespaces, netnsFound, netnsInode } from './found-netns.ts';
import { commOf, listProcesses, readLink, readText } from './proc-files.ts';

export interface Discovery {
  readonly found: FoundNamespaces;
  readonly processes: ProcessNetns;
  readonly unreadable: readonly UnreadableNetns[];
  /** Mount namespaces whose mounts were looked at (`mnt:[…]`). */
  readonly mountNamespaces: Set<string | undefined>;
  readonly hostInode: number;
  /** Our own thread's netns when discovery began. */
  readonly homeInode: number;
}

/** Device and inode of the netns this thread is in. */
const ownNetns = (): { readonly dev: number; readonly inode: number } => {
  const fd = openSync('/proc/thread-self/ns/net', 'r');
  const stat = fstatSync(fd);
  closeSync(fd);
  return { dev: stat.dev, inode: stat.ino };
};

/** No netns has this inode: pid 1 is elsewhere, and where may not be seen. */
const NOBODY = 0;

/**
 * The netns the operator calls "the host": kthreadd's where it is visible, else that of pid 1 (of this pid namespace), else our own.
 * /proc/1/ns/net can be refused even to root (a hardened init).
 */
const findHost = (home: number): number => {
  if (commOf(2) === 'kthreadd' && /^PPid:\s+0$/m.test(readText('/proc/2/status').text ?? '')) {
    const kernel = netnsInode(readLink('/proc/2/ns/net').text ?? '');
    if (kernel !== undefined) return kernel;
  }
  const init = netnsInode(readLink('/proc/1/ns/net').text ?? '');
  if (init !== undefined) return init;
  const theirs = procNetInode(1);
  return theirs === undefined || theirs === procNetInode('thread-self') ? home : NOBODY;
};

/** What is found through processes and mounts: cheap, and all there is on most machines. */
export const discoverQuickly = (enginePids: readonly number[], gaps: Gap[]): Discovery => {
  const home = ownNetns();
  const found: FoundNamespaces = { dev: home.dev, byInode: new Map(), mountPaths: new Set() };
  const hostInode = findHost(home.inode);
  // Our own is always open to us, whatever we may see of others.
  netnsFound(found, home.inode).doors.push('/proc/thread-self/ns/net');
  const homes = { hostInode, homeInode: home.inode };
  const { processes, unreadable } = findByProcess(found, listProcesses(), homes, gaps);
  const mountNamespaces = new Set<string | undefined>();
  findByMount(found, enginePids, mountNamespaces);
  return { found, processes, unreadable, mountNamespaces, ...homes };
};

/**
 * The rest: threads, descriptors, sockets, and the mount namespaces of every process. `looked`: mount namespaces that were looked at a moment ago;
 * later a look may find more.
 */
export const discoverThoroughly = (
  { found, processes }: Discovery,
  gaps: Gap[],
  looked: Set<string | undefined> = new Set(),
): void => {
  findByMount(found, processes.keys(), looked);
  findByThread(found, processes);
  const sockets = findByDescriptor(found, processes);
  const left = findBySocket(found, processes, sockets);
  if (left > 0) {
    gaps.push({
      source: 'sockets',
      reason: 'truncated',
      detail: `${left} of ${left + SOCKET_LIMIT} sockets were not asked for their netns`,
    });
  }
};
