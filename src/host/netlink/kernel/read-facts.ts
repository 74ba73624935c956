/** What a netns tells besides rtnetlink lists: sysctls, sockets, conntrack, which rulesets exist. */
import type { Gap } from '../../../model/gap.ts';
import type { Netns } from '../../../model/netns.ts';
import type { RulesetText } from '../../../model/ruleset-text.ts';
import type { Socket } from '../../../model/socket.ts';
import type { NetnsPart } from '../../host.ts';
import type { SocketHolders } from '../../namespaces/socket-holders.ts';
import { knownLinks } from '../decode/known-links.ts';
import type { RawRanges } from '../protocol.ts';
import type { Arena } from './arena.ts';
import type { Presence } from './modules.ts';
import type { OpenSocket } from './proc-sockets.ts';
import { readCounters } from './read-counters.ts';
import { readIpvs } from './read-ipvs.ts';
import { readRulesetPresence } from './read-rulesets.ts';
import { readOpenSockets } from './read-sockets.ts';
import { readConntrack, readSysctls } from './read-sysctls.ts';
import type { Visit } from './visit.ts';

/** Found out once per read, when first needed. */
export interface MachineFacts {
  readonly hostInode: number;
  presence(module: string): Presence;
  socketHolders(inode: number): ReturnType<SocketHolders>;
}

const nameSockets = (
  sockets: readonly OpenSocket[],
  ranges: RawRanges,
  arena: Arena,
  machine: MachineFacts,
): readonly Socket[] => {
  const range = ranges.links ?? ranges.names;
  const bound = sockets.some((socket) => socket.ifindex !== undefined);
  const links = bound && range !== undefined ? knownLinks(arena.view, range[0], range[1]) : undefined;
  return sockets.map(({ ifindex, ...socket }) => ({
    ...socket,
    ...(ifindex === undefined ? {} : { dev: links?.get(ifindex)?.name ?? `if${ifindex}` }),
    processes: machine.socketHolders(socket.inode),
  }));
};

export const readOtherFacts = (
  parts: readonly NetnsPart[],
  visit: Visit,
  ranges: RawRanges,
  isHost: boolean,
  machine: MachineFacts,
  arena: Arena,
  gaps: Gap[],
): Partial<Netns> => ({
  ...(parts.includes('sysctls') ? { sysctls: readSysctls(isHost) } : {}),
  ...(parts.includes('conntrack')
    ? { conntrack: readConntrack(), ...(isHost ? { counters: readCounters() } : {}) }
    : {}),
  ...(parts.includes('sockets')
    ? {
        sockets: nameSockets(
          readOpenSockets((name) => machine.presence(name), arena, visit.id, gaps),
          ranges,
          arena,
          machine,
        ),
        ...readIpvs(visit.id, gaps),
      }
    : {}),
  ...(parts.includes('ruleset')
    ? rulesetFacts(readRulesetPresence((name) => machine.presence(name), arena, visit.id, gaps))
    : {}),
});

/** Not "no tables" where they could not be asked for: then the part is left out. */
const rulesetFacts = (ruleset: RulesetText | undefined): Partial<Netns> => (ruleset === undefined ? {} : { ruleset });
