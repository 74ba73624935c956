/** What processes, mounts and descriptors of the other machine say about its netns. */
import type { NetnsHolder } from '../../../model/netns.ts';
import type { Socket } from '../../../model/socket.ts';
import { netnsName, unescapePath } from '../../namespaces/find-by-mount.ts';
import { type Frame, findBody } from '../frames.ts';

export interface DiscoveredNetns {
  readonly inode: number;
  readonly names: readonly string[];
  readonly holders: readonly NetnsHolder[];
}

export interface Discovered {
  readonly netns: ReadonlyMap<number, DiscoveredNetns>;
  /** Inodes by the path they are mounted at, as seen from the login's mount namespace. */
  readonly mounted: ReadonlyMap<string, number>;
  readonly hostInode: number;
  readonly selfInode: number;
  /** st_dev of nsfs. */
  readonly dev: number;
  readonly socketHolders: (inode: number) => Socket['processes'];
}

interface Draft {
  readonly inode: number;
  readonly names: string[];
  readonly holders: NetnsHolder[];
}

const linesOf = (text: string | undefined): readonly string[] => (text ?? '').split('\n').filter((line) => line !== '');

/** `/proc/PID/file:text`: a name with line breaks in it stands in several lines, of which the first counts. */
const byPid = (text: string | undefined, pattern: RegExp): ReadonlyMap<number, string> => {
  const found = new Map<number, string>();
  for (const line of linesOf(text)) {
    const [, pid, value = ''] = pattern.exec(line) ?? [];
    if (pid !== undefined && !found.has(Number(pid))) found.set(Number(pid), value);
  }
  return found;
};

/** makedev: what st_dev is for mountinfo's MAJOR:MINOR, for the minor numbers of anonymous devices. */
const deviceNumber = (text: string | undefined): number | undefined => {
  const [, major, minor] = /^(\d+):(\d+)$/.exec(text ?? '') ?? [];
  return major === undefined ? undefined : Number(major) * 256 + Number(minor);
};

interface Descriptors {
  readonly netns: readonly { readonly pid: number; readonly fd: number; readonly inode: number }[];
  readonly sockets: ReadonlyMap<number, readonly number[]>;
}

const parseDescriptors = (text: string | undefined): Descriptors => {
  const netns: { pid: number; fd: number; inode: number }[] = [];
  const sockets = new Map<number, number[]>();
  let pid = 0;
  for (const line of linesOf(text)) {
    const [, fd, kind, inode] = /^(\d+)(?: (socket|net):\[(\d+)\])?$/.exec(line) ?? [];
    if (fd === undefined) continue;
    if (kind === undefined) pid = Number(fd);
    else if (kind === 'net') netns.push({ pid, fd: Number(fd), inode: Number(inode) });
    else {
      const known = sockets.get(Number(inode)) ?? [];
      if (!known.includes(pid)) sockets.set(Number(inode), [...known, pid]);
    }
  }
  return { netns, sockets };
};

export const parseDiscovery = (frames: readonly Frame[]): Discovered => {
  const comms = byPid(findBody(frames, 'comms'), /^\/proc\/(\d+)\/comm:(.*)$/);
  const inner = byPid(findBody(frames, 'inner'), /^(\d+) (\d+)$/);
  const commands = byPid(findBody(frames, 'commands'), /^\s*(\d+) (.*)$/);
  const [hostInode = 0, selfInode = 0, ownDev] = linesOf(findBody(frames, 'home')).map(Number);
  const netns = new Map<number, Draft>();
  const draft = (inode: number): Draft => {
    const known = netns.get(inode) ?? { inode, names: [], holders: [] };
    netns.set(inode, known);
    return known;
  };
  draft(selfInode);
  for (const line of linesOf(findBody(frames, 'processes'))) {
    const [pid = 0, inode = 0] = line.split(' ').map(Number);
    const innerPid = inode === hostInode ? undefined : Number(inner.get(pid) ?? pid);
    const comm = comms.get(pid);
    // Gone since: those that read all this for us among them.
    if (comm === undefined) continue;
    draft(inode).holders.push({
      kind: 'process',
      pid,
      comm,
      ...(innerPid === undefined || innerPid === pid ? {} : { innerPid }),
    });
  }
  const mounts = linesOf(findBody(frames, 'mounts')).map((line) => line.split(' '));
  const mounted = new Map<string, number>();
  for (const [inode, escaped, , from] of mounts) {
    const path = unescapePath(escaped ?? '');
    // Of mounts on top of each other the last is seen.
    mounted.set(`${from === 'self' ? '' : `/proc/${from}/root`}${path}`, Number(inode));
    const one = draft(Number(inode));
    if (one.holders.some((holder) => holder.kind === 'mount' && holder.path === path)) continue;
    const name = netnsName(path);
    if (!one.names.includes(name)) one.names.push(name);
    one.holders.push({ kind: 'mount', path, ...(from === 'self' ? {} : { mountNsPid: Number(from) }) });
  }
  const descriptors = parseDescriptors(findBody(frames, 'descriptors'));
  for (const { pid, fd, inode } of descriptors.netns) {
    const comm = comms.get(pid);
    if (comm !== undefined) draft(inode).holders.push({ kind: 'descriptor', pid, fd, comm });
  }
  return {
    netns,
    mounted,
    hostInode,
    selfInode,
    dev: ownDev ?? deviceNumber(mounts[0]?.[2]) ?? 4,
    socketHolders: (inode) =>
      (descriptors.sockets.get(inode) ?? []).flatMap((pid) => {
        const comm = comms.get(pid);
        const cmdline = commands.get(pid);
        // ps puts the name in brackets where there are no arguments.
        const told = cmdline === undefined || cmdline.startsWith('[') ? {} : { cmdline };
        return comm === undefined ? [] : [{ pid, comm, ...told }];
      }),
  };
};
