/** Netns held by nsfs bind mounts (`ip netns`, Docker's sandboxes), in our mount namespace and in those of container engines. */
import { type FoundNamespaces, netnsFound, netnsInode } from './found-netns.ts';
import { readLink, readText } from './proc-files.ts';

/** mountinfo writes space, tab, newline and backslash as octal escapes. */
export const unescapePath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

export interface NsfsMount {
  readonly inode: number;
  readonly path: string;
}

/** The nsfs mounts of netns in a mountinfo text. Field 4 is the root inside the file system (`net:[…]`), field 5 the mount point. */
export const parseNsfsMounts = (mountinfo: string): readonly NsfsMount[] => {
  const mounts: NsfsMount[] = [];
  for (const line of mountinfo.split('\n')) {
    if (!line.includes(' - nsfs ')) continue;
    const fields = line.split(' ');
    const inode = netnsInode(fields[3] ?? '');
    if (inode !== undefined && fields[4] !== undefined) mounts.push({ inode, path: unescapePath(fields[4]) });
  }
  return mounts;
};

/** `/run/netns/web` → `web`; `/run/docker/netns/3f2a` → `docker/3f2a`; anything else: its whole path. */
export const netnsName = (path: string): string => {
  const match = /^(?:\/var)?\/run\/(?:(.+)\/)?netns\/([^/]+)$/.exec(path);
  if (match === null) return path;
  return match[1] === undefined ? (match[2] ?? path) : `${match[1]}/${match[2]}`;
};

const takeMounts = (found: FoundNamespaces, mountinfo: string, pid: number | undefined): void => {
  for (const { inode, path } of parseNsfsMounts(mountinfo)) {
    const netns = netnsFound(found, inode);
    found.mountPaths.add(path);
    // /run and /var/run, or a shared mount seen twice, are one holder.
    if (netns.holders.some((holder) => holder.kind === 'mount' && holder.path === path)) continue;
    const name = netnsName(path);
    if (!netns.names.includes(name)) netns.names.push(name);
    netns.holders.push({ kind: 'mount', path, ...(pid === undefined ? {} : { mountNsPid: pid }) });
    netns.doors.unshift(pid === undefined ? path : `/proc/${pid}/root${path}`);
  }
};

/** Looks into our own mount namespace and, once each, into those of `pids`; `looked` are those that need no look, and becomes more. */
export const findByMount = (
  found: FoundNamespaces,
  pids: Iterable<number>,
  looked: Set<string | undefined> = new Set(),
): void => {
  const own = readLink('/proc/thread-self/ns/mnt').text;
  if (own === undefined || !looked.has(own))
    takeMounts(found, readText('/proc/thread-self/mountinfo').text ?? '', undefined);
  looked.add(own);
  for (const pid of pids) {
    const mountNs = readLink(`/proc/${pid}/ns/mnt`).text;
    if (mountNs === undefined || looked.has(mountNs)) continue;
    looked.add(mountNs);
    takeMounts(found, readText(`/proc/${pid}/mountinfo`).text ?? '', pid);
  }
};
