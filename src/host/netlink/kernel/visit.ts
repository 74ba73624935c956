/** Reading many netns one after the other in this thread: in, ask, out; nothing stays open. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { enterNetns, openNetns } from '../../namespaces/open-netns.ts';
import { errorName } from './libc.ts';
import { closeNetlink, NETLINK, openNetlink } from './netlink-socket.ts';

export interface Visit {
  readonly id: NetnsId;
  readonly netns: FoundNetns;
  /** A route socket in this netns; closed when the visit ends. */
  readonly route: number;
  /** The netns itself, open during the visit. */
  readonly netnsFd: number;
}

export type VisitEnd = 'visited' | 'vanished' | 'forbidden';

const forbidden = (id: NetnsId, detail: string): Gap => ({
  source: 'netns',
  netns: id,
  reason: 'forbidden',
  detail,
  howToSee: 'run as root',
});

/** Runs `act` inside the netns. The thread stays there afterwards: the next visit, or goHome(), moves it on. */
export const visitNetns = (id: NetnsId, netns: FoundNetns, gaps: Gap[], act: (visit: Visit) => void): VisitEnd => {
  const opened = openNetns(netns.doors, netns.inode);
  if (opened === undefined) {
    gaps.push({
      source: 'netns',
      netns: id,
      reason: 'vanished',
      detail: 'no way into it is left: it ended while we looked, or may not be opened',
      howToSee: 'run as root',
    });
    return 'vanished';
  }
  try {
    const refused = enterNetns(opened.fd);
    if (refused !== undefined) {
      gaps.push(forbidden(id, `setns: ${refused}`));
      return 'forbidden';
    }
    const route = openNetlink(NETLINK.ROUTE);
    if (route < 0) {
      gaps.push(forbidden(id, `netlink socket: ${errorName(route)}`));
      return 'forbidden';
    }
    try {
      act({ id, netns, route, netnsFd: opened.fd });
    } finally {
      closeNetlink(route);
    }
    return 'visited';
  } finally {
    opened.close();
  }
};
