/** Netns held by processes, and by single threads that went elsewhere. */
import { statSync } from 'node:fs';
import type { Gap } from '../../model/gap.ts';
import { groupUnreadable, type UnreadableNetns } from './find-unreadable.ts';
import { type FoundNamespaces, netnsFound, netnsInode } from './found-netns.ts';
import { commOf, isGone, listDirectory, readLink, readText } from './proc-files.ts';

/** pid → inode of its netns, as far as we may see. */
export type ProcessNetns = ReadonlyMap<number, number>;

/** The process's id in its own pid namespace; undefined when it is the same. */
const innerPid = (pid: number): number | undefined => {
  const line = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`).text ?? '')?.[1];
  const last = Number(line?.trim().split(/\s+/).at(-1));
  return Number.isNaN(last) || last === pid ? undefined : last;
};

export interface ProcessesFound {
  readonly processes: ProcessNetns;
  /** Other netns, of processes whose ns link is refused. */
  readonly unreadable: readonly UnreadableNetns[];
}

export const findByProcess = (
  found: FoundNamespaces,
  pids: readonly number[],
  home: { readonly hostInode: number; readonly homeInode: number },
  gaps: Gap[],
): ProcessesFound => {
  const inodes = new Map<number, number>();
  const refused: number[] = [];
  for (const pid of pids) {
    const link = readLink(`/proc/${pid}/ns/net`);
    const inode = link.text === undefined ? undefined : netnsInode(link.text);
    if (inode === undefined) {
      if (!isGone(link.error ?? '')) refused.push(pid);
      continue;
    }
    inodes.set(pid, inode);
    const netns = netnsFound(found, inode);
    netns.doors.push(`/proc/${pid}/ns/net`);
    // The host's own netns is held by hundreds of processes, all of this pid namespace.
    const inner = inode === home.hostInode ? undefined : innerPid(pid);
    netns.holders.push({
      kind: 'process',
      pid,
      comm: commOf(pid),
      ...(inner === undefined ? {} : { innerPid: inner }),
    });
  }
  if (refused.length === 0) return { processes: inodes, unreadable: [] };
  const { own, others } = groupUnreadable(refused);
  for (const pid of own) {
    inodes.set(pid, home.homeInode);
    netnsFound(found, home.homeInode).holders.push({ kind: 'process', pid, comm: commOf(pid) });
  }
  if (others.length > 0) {
    const count = others.reduce((sum, group) => sum + group.pids.length, 0);
    gaps.push({
      source: '/proc/PID/ns/net',
      reason: 'forbidden',
      detail: `the netns of ${count} processes may not be read; they are in ${others.length} others than ours`,
      howToSee: 'run as root',
    });
  }
  return { processes: inodes, unreadable: others };
};

/** Threads whose netns differs from their process's: `setns` moves one thread only. */
export const findByThread = (found: FoundNamespaces, processes: ProcessNetns): void => {
  for (const [pid, processInode] of processes) {
    let threads = 0;
    try {
      // A directory's link count is its subdirectories plus two: no listing for single-threaded processes.
      threads = statSync(`/proc/${pid}/task`).nlink - 2;
    } catch {
      continue;
    }
    if (threads < 2) continue;
    for (const tid of listDirectory(`/proc/${pid}/task`)) {
      const inode = netnsInode(readLink(`/proc/${pid}/task/${tid}/ns/net`).text ?? '');
      if (inode === undefined || inode === processInode) continue;
      const netns = netnsFound(found, inode);
      netns.holders.push({ kind: 'process', pid, tid: Number(tid), comm: commOf(pid) });
      netns.doors.push(`/proc/${pid}/task/${tid}/ns/net`);
    }
  }
};
