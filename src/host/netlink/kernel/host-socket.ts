/** The host netns kept open for the length of one read: a route socket in it, and the way back home for this thread. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { enterNetns, openNetns } from '../../namespaces/open-netns.ts';
import { errorName } from './libc.ts';
import { closeNetlink, NETLINK, openNetlink, setStrict } from './netlink-socket.ts';

export interface HostSocket {
  readonly dev: number;
  readonly inode: number;
  /** Strict, so that it may be asked about other netns by nsid. */
  readonly route: number;
  readonly netnsFd: number;
  /** Back to the netns this thread came from. */
  goHome(): void;
  close(): void;
}

/** `netns`: the host's own; undefined where nothing shows it. */
export const openHost = (netns: FoundNetns | undefined, gaps: Gap[]): HostSocket | undefined => {
  const opened = netns === undefined ? undefined : openNetns(netns.doors, netns.inode);
  if (netns === undefined || opened === undefined) {
    gaps.push({
      source: 'netns',
      reason: 'forbidden',
      detail: "the host's own netns cannot be opened",
      howToSee: 'run as root',
    });
    return undefined;
  }
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const refused = fstatSync(home).ino === netns.inode ? undefined : enterNetns(opened.fd);
  const route = refused === undefined ? openNetlink(NETLINK.ROUTE) : -1;
  if (refused !== undefined || route < 0) {
    gaps.push({
      source: 'netns',
      reason: 'forbidden',
      detail: `the host's own netns cannot be entered: ${refused ?? errorName(route)}`,
      howToSee: 'run as root',
    });
    opened.close();
    closeSync(home);
    return undefined;
  }
  setStrict(route);
  let closed = false;
  return {
    dev: opened.dev,
    inode: opened.inode,
    route,
    netnsFd: opened.fd,
    goHome: () => {
      enterNetns(home);
    },
    close: () => {
      if (closed) return;
      closed = true;
      closeNetlink(route);
      opened.close();
      closeSync(home);
    },
  };
};

/** Runs `act` in the host netns and comes back to the netns this thread was in. */
export const inHostNetns = <T>(
  from: { readonly doors: ReadonlyMap<NetnsId, FoundNetns>; readonly hostId: NetnsId },
  act: () => T,
): { readonly value?: T; readonly gaps: readonly Gap[] } => {
  const netns = from.doors.get(from.hostId);
  const opened = netns === undefined ? undefined : openNetns(netns.doors, netns.inode);
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const here = fstatSync(home).ino === netns?.inode;
    const refused = here ? undefined : opened === undefined ? 'it cannot be opened' : enterNetns(opened.fd);
    if (refused !== undefined) {
      return {
        gaps: [
          {
            source: 'netlink events',
            reason: 'forbidden',
            detail: `the host's own netns: ${refused}`,
            howToSee: 'run as root',
          },
        ],
      };
    }
    return { value: act(), gaps: [] };
  } finally {
    enterNetns(home);
    closeSync(home);
    opened?.close();
  }
};
