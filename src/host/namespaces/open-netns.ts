/** Opening a netns by one of its doors, making sure it is the one that was meant, and going in and out. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { CLONE_NEWNET, close, errno, errorName, setns } from '../netlink/kernel/libc.ts';
import { openNetnsOfSocket } from './find-by-descriptor.ts';

export interface OpenedNetns {
  readonly fd: number;
  readonly dev: number;
  readonly inode: number;
  close(): void;
}

interface Opened {
  readonly fd: number;
  /** A descriptor is closed by whoever opened it: Node keeps count of its own in a worker. */
  readonly close: () => void;
}

const openDoor = (door: string): Opened | undefined => {
  const socket = /^socket:(\d+)\/(\d+)$/.exec(door);
  if (socket !== null) {
    const fd = openNetnsOfSocket(Number(socket[1]), Number(socket[2]));
    return fd === undefined ? undefined : { fd, close: () => void close(fd) };
  }
  try {
    const fd = openSync(door, 'r');
    return { fd, close: () => closeSync(fd) };
  } catch {
    return undefined;
  }
};

/** Undefined when no door leads there any more. The caller must close it soon: an open one keeps a dead netns alive. */
export const openNetns = (doors: readonly string[], inode: number): OpenedNetns | undefined => {
  for (const door of doors) {
    const opened = openDoor(door);
    if (opened === undefined) continue;
    const stat = fstatSync(opened.fd);
    // A pid may have been given to another process, a mount replaced: only the inode says it is the same netns.
    if (stat.ino === inode) return { ...opened, dev: stat.dev, inode: stat.ino };
    opened.close();
  }
  return undefined;
};

/** Moves this thread; answers the errno's name when the kernel refuses. Being there already needs no privilege. */
export const enterNetns = (fd: number): string | undefined => {
  if (setns(fd, CLONE_NEWNET) === 0) return undefined;
  const error = errorName(errno());
  return fstatSync(fd).ino === statSync('/proc/thread-self/ns/net').ino ? undefined : error;
};

/** Runs `act`, which may enter any netns, and comes back to the netns this thread was in. */
export const stayingHome = <T>(act: () => T): T => {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    return act();
  } finally {
    enterNetns(home);
    closeSync(home);
  }
};
