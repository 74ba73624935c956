/** Netns held by processes, and by single threads that went elsewhere. */
import { statSync } from 'node:fs';
import type { Gap } from '../../model/gap.ts';
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

export const findByProcess = (
  found: FoundNamespaces,
  pids: readonly number[],
  hostInode: number | undefined,
  gaps: Gap[],
): ProcessNetns => {
  const inodes = new Map<number, number>();
  let forbidden = 0;
  for (const pid of pids) {
    const link = readLink(`/proc/${pid}/ns/net`);
    const inode = link.text === undefined ? undefined : netnsInode(link.text);
    if (inode !== undefined) {
      inodes.set(pid, inode);
      const netns = netnsFound(found, inode);
      netns.doors.push(`/proc/${pid}/ns/net`);
      // The host's own netns is held by hundreds of processes; pid 1 says enough, the rest follow when all are asked for.
      const inner = inode === hostInode ? undefined : innerPid(pid);
      netns.holders.push({
        kind: 'process',
        pid,
        comm: commOf(pid),
        ...(inner === undefined ? {} : { innerPid: inner }),
      });
    } else if (!isGone(link.error ?? '')) forbidden++;
  }
  if (forbidden > 0) {
    gaps.push({
      source: '/proc/PID/ns/net',
      reason: 'forbidden',
      detail: `the netns of ${forbidden} processes may not be read`,
      howToSee: 'run as root',
    });
  }
  return inodes;
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
