/** Netns that may not be entered: what /proc/PID/net still tells anybody, with gaps for the rest. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { Netns } from '../../../model/netns.ts';
import type { NetnsPart } from '../../host.ts';
import type { UnreadableNetns } from '../../namespaces/find-unreadable.ts';
import { readText } from '../../namespaces/proc-files.ts';
import {
  type ProcNet,
  parseArp,
  parseInet6Addresses,
  parseLocalAddresses,
  parseProcLinks,
  parseProcRoutes,
} from '../decode/proc-net.ts';
import type { NetnsIdentity, RawNetns } from '../protocol.ts';
import { readProcSockets } from './proc-sockets.ts';

const files = ['dev', 'if_inet6', 'fib_trie', 'route', 'ipv6_route', 'arp', 'igmp'] as const;

export const unreadableId = (host: string, procInode: number): NetnsId => `${host}|proc:${procInode}` as NetnsId;

const readFacts = (pids: readonly number[], parts: readonly NetnsPart[]): Partial<Netns> => {
  // Any of its processes will do, and the first may be gone.
  const pid = pids.find((one) => readText(`/proc/${one}/net/dev`).text !== undefined);
  if (pid === undefined) return {};
  const texts: ProcNet = Object.fromEntries(
    files.flatMap((name) => {
      const text = readText(`/proc/${pid}/net/${name}`).text;
      return text === undefined ? [] : [[name, text]];
    }),
  );
  const wants = (part: NetnsPart): boolean => parts.includes(part);
  return {
    ...(wants('links') ? { links: parseProcLinks(texts) } : {}),
    ...(wants('addresses') ? { addresses: withLocal(parseInet6Addresses(texts), parseLocalAddresses(texts)) } : {}),
    ...(wants('routes') ? { routes: parseProcRoutes(texts) } : {}),
    ...(wants('neighbours') ? { neighbours: parseArp(texts) } : {}),
    ...(wants('sockets')
      ? {
          sockets: readProcSockets(`/proc/${pid}/net`).map(({ ifindex: _, ...socket }) => ({
            ...socket,
            processes: [],
          })),
        }
      : {}),
  };
};

/** IPv4 addresses of unknown links go under a link without name: they can be found, and nothing false is said of them. */
const withLocal = (
  addresses: NonNullable<Netns['addresses']>,
  local: readonly string[],
): NonNullable<Netns['addresses']> => {
  const infos = local
    .filter((one) => !one.startsWith('127.'))
    .map((one) => ({ family: 'inet' as const, local: one, prefixlen: 32, scope: 'global' }));
  return infos.length === 0 ? addresses : [...addresses, { ifindex: 0, ifname: '', addr_info: infos }];
};

export interface UnreadableFacts {
  readonly raw: readonly RawNetns[];
  readonly identities: readonly NetnsIdentity[];
}

export const readUnreadable = (
  host: string,
  groups: readonly UnreadableNetns[],
  parts: readonly NetnsPart[],
  gaps: Gap[],
): UnreadableFacts => {
  const raw: RawNetns[] = [];
  const identities: NetnsIdentity[] = [];
  for (const { procInode, pids, holders } of groups) {
    const id = unreadableId(host, procInode);
    raw.push({ id, ranges: {}, facts: readFacts(pids, parts) });
    identities.push({ id, dev: 0, inode: 0, isHost: pids.includes(1), names: [], holders, nsids: [] });
    gaps.push({
      source: 'netns',
      netns: id,
      reason: 'forbidden',
      detail:
        'only /proc/PID/net may be read: no peers, flags, MTU, prefix lengths of IPv4 addresses, policy rules, other tables, fdb or packet filter',
      howToSee: 'run as root',
    });
  }
  return { raw, identities };
};
