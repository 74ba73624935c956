/** The file that leads into a netns: what nsenter --net is given. */
import type { Netns, NetnsHolder } from './netns.ts';

/** undefined: neither a foreign socket nor a bare nsid can be opened as a file. */
export function holderPath(holder: NetnsHolder): string | undefined {
  switch (holder.kind) {
    case 'process':
      return holder.tid === undefined ? `/proc/${holder.pid}/ns/net` : `/proc/${holder.pid}/task/${holder.tid}/ns/net`;
    case 'mount':
      return holder.mountNsPid === undefined ? holder.path : `/proc/${holder.mountNsPid}/root${holder.path}`;
    case 'descriptor':
      return `/proc/${holder.pid}/fd/${holder.fd}`;
    case 'socket':
    case 'nsid':
      return undefined;
  }
}

/** The first way in that a person can type. */
export const netnsPath = ({ holders }: Pick<Netns, 'holders'>): string | undefined =>
  holders.map(holderPath).find((path) => path !== undefined);
