/** Listening sockets as `ss` or /proc/net tells them. */
import type { Socket } from '../../../model/socket.ts';
import { parseProcSockets, parseSctpEndpoints } from '../../netlink/kernel/proc-sockets.ts';
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

/** With -e a line ends in `uid:… ino:N sk:… v6only:N`. */
const parseSsLine = (line: string): readonly Omit<Socket, 'processes'>[] => {
  const inode = Number(/\bino:(\d+)/.exec(line)?.[1] ?? 0);
  const only = /\bv6only:(\d)/.exec(line)?.[1];
  return parseSs(line)
    .filter(({ port }) => port > 0)
    .map(({ processes: _, v6only, ...socket }) => ({
      ...socket,
      inode,
      ...(socket.family === 'inet' ? {} : { v6only: only === undefined ? v6only === true : only === '1' }),
    }));
};

/** undefined: they were not asked for. `told`: ss had the kernel's own answer, which knows bound links and v6only. */
export const parseSockets = (
  bodies: NetnsBodies,
  holders: (inode: number) => Socket['processes'],
): { readonly sockets: readonly Socket[]; readonly told: boolean } | undefined => {
  const ss = bodies.get('ss');
  const sctp = parseSctpEndpoints(bodies.get('sock sctp') ?? '');
  if (ss === undefined && !bodies.has('sock tcp')) return undefined;
  const found =
    ss === undefined
      ? procFiles.flatMap(([file, proto, family]) => parseProcSockets(bodies.get(`sock ${file}`) ?? '', proto, family))
      : ss.split('\n').flatMap(parseSsLine);
  const sockets = [...found, ...sctp].map((socket) => ({ ...socket, processes: holders(socket.inode) }));
  return { sockets, told: ss !== undefined };
};
