/**
 * Processes whose ns link may not be read, grouped by netns all the same: /proc/PID/net/dev of one netns is one file
 * (proc_net makes its entries per netns), and its inode may be asked by anybody.
 */
import { statSync } from 'node:fs';
import type { NetnsHolder } from '../../model/netns.ts';
import { commOf } from './proc-files.ts';

export interface UnreadableNetns {
  /** Inode of its /proc/PID/net/dev: tells netns apart, but is not the number nsfs gives them. */
  readonly procInode: number;
  readonly pids: readonly number[];
  readonly holders: readonly NetnsHolder[];
}

export const procNetInode = (pid: number | 'thread-self'): number | undefined => {
  try {
    return statSync(`/proc/${pid}/net/dev`).ino;
  } catch {
    return undefined;
  }
};

/** Those in our own netns are answered apart: that one can be read in full. */
export const groupUnreadable = (
  pids: readonly number[],
): { readonly own: readonly number[]; readonly others: readonly UnreadableNetns[] } => {
  const home = procNetInode('thread-self');
  const groups = new Map<number, number[]>();
  for (const pid of pids) {
    const inode = procNetInode(pid);
    if (inode === undefined) continue;
    const group = groups.get(inode);
    if (group === undefined) groups.set(inode, [pid]);
    else group.push(pid);
  }
  const own = home === undefined ? [] : (groups.get(home) ?? []);
  const others = [...groups].filter(([inode]) => inode !== home);
  return {
    own,
    others: others.map(([procInode, members]) => ({
      procInode,
      pids: members,
      holders: members.map((pid) => ({ kind: 'process', pid, comm: commOf(pid) })),
    })),
  };
};
