/** Listening sockets as `ss` or /proc/net tells them. */
import type { Socket } from '../../../model/socket.ts';
import { type OpenSocket, parseProcSockets, parseSctpEndpoints } from '../../netlink/kernel/proc-sockets.ts';
import { parseSs } from '../../recording/parse-ss.ts';

export type NetnsBodies = ReadonlyMap<string, string>;

const procFiles = [
  ['tcp', 'tcp', 'inet'],
  ['tcp6', 'tcp', 'inet6'],
  ['udp', 'udp', 'inet'],
  ['udp6', 'udp', 'inet6'],
  ['udplite', 'udplite', 'inet'],
  ['udplite6', 'udplite', 'inet6'],
] as const;

/** `/proc/net/tcp:  0: 0100007F:…`: each file with its own head line. */
const parseProcLines = (text: string): readonly OpenSocket[] =>
  procFiles.flatMap(([file, proto, family]) => {
    const head = `/proc/net/${file}:`;
    const lines = text.split('\n').flatMap((line) => (line.startsWith(head) ? [line.slice(head.length)] : []));
    return parseProcSockets(lines.join('\n'), proto, family);
  });

const keyOf = ({ proto, family, local, port }: OpenSocket): string => `${proto} ${family} ${local} ${port}`;

/** A line of `ss -e` has ` ino:15940 ` behind the addresses; no name of a link holds a space. */
const inodeOf = (line: string): number => Number(/ ino:(\d+) /.exec(line)?.[1] ?? 0);

const parseExtended = (text: string): readonly Socket[] =>
  text.split('\n').flatMap((line) => parseSs(line).map((socket) => ({ ...socket, inode: inodeOf(line) })));

/** ss knows bound links and v6only, /proc/net the inodes; several sockets of one address stand in the same order in both. */
const joinInodes = (told: readonly Socket[], listed: readonly OpenSocket[]): readonly Omit<Socket, 'processes'>[] => {
  const inodes = new Map<string, number[]>();
  for (const one of listed) inodes.set(keyOf(one), [...(inodes.get(keyOf(one)) ?? []), one.inode]);
  return told
    .filter(({ port }) => port > 0)
    .map(({ processes: _, v6only, ...socket }) => ({
      ...socket,
      inode: socket.inode > 0 ? socket.inode : (inodes.get(keyOf(socket))?.shift() ?? 0),
      ...(socket.family === 'inet' ? {} : { v6only: v6only === true }),
    }));
};

/** undefined: they were not asked for. `told`: ss had the kernel's own answer, which knows bound links and v6only. */
export const parseSockets = (
  bodies: NetnsBodies,
  holders: (inode: number) => Socket['processes'],
): { readonly sockets: readonly Socket[]; readonly told: boolean } | undefined => {
  const text = bodies.get('sockets');
  if (text === undefined) return undefined;
  const told = !bodies.has('nodiag');
  const listed = parseProcLines(text);
  const found = told ? joinInodes(parseExtended(bodies.get('ss') ?? ''), listed) : listed;
  const sctp = parseSctpEndpoints(bodies.get('sock sctp') ?? '');
  return { sockets: [...found, ...sctp].map((socket) => ({ ...socket, processes: holders(socket.inode) })), told };
};
