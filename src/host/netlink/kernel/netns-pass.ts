/** One pass over several netns: what is wanted of each, and the buffer it is received into. */
import type { Gap } from '../../../model/gap.ts';
import { hostId, type NetnsId, netnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { Discovery } from '../../namespaces/discover.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { openNetns } from '../../namespaces/open-netns.ts';
import { findSocketHolders, type SocketHolders } from '../../namespaces/socket-holders.ts';
import type { NetnsIdentity, RawNetns, RawPart } from '../protocol.ts';
import type { Arena } from './arena.ts';
import type { HostSocket } from './host-socket.ts';
import { modulePresence, type Presence } from './modules.ts';
import { listNsids, nsidOf } from './nsids.ts';
import { type MachineFacts, readOtherFacts } from './read-facts.ts';
import { readLists } from './read-lists.ts';
import type { AskInside, NsidFacts, ResolvedNsids } from './resolve-nsids.ts';
import { type Visit, visitNetns } from './visit.ts';

export interface Pass {
  readonly host: string;
  readonly parts: readonly NetnsPart[];
  readonly lists: readonly RawPart[];
  readonly machine: MachineFacts;
  readonly arena: Arena;
  /** What was read so far; its ranges are those of the arena. */
  readonly chunk: RawNetns[];
  readonly gaps: Gap[];
}

export const idOf = (host: string, netns: FoundNetns): NetnsId => netnsId(hostId(host), netns.dev, netns.inode);

/**
 * Reads one netns; undefined when it could not be entered. Its number in the host is asked before its lists: of what happens in a netns without one
 * the kernel tells nothing, so a number that is given meanwhile must count as not known yet (its notice makes the netns be read again).
 */
export const readOne = (
  pass: Pass,
  netns: FoundNetns,
  host: HostSocket | undefined,
  wanted: boolean,
): NsidFacts | undefined => {
  const { arena, gaps } = pass;
  return readNsids(pass.host, netns, host, arena, gaps, (visit, isHost) => {
    if (!wanted) return;
    const ranges = readLists(visit.route, pass.lists, arena, visit.id, gaps);
    pass.chunk.push({
      id: visit.id,
      ranges,
      facts: readOtherFacts(pass.parts, visit, ranges, isHost, pass.machine, arena, gaps),
    });
  });
};

/** Which numbers a netns has given, and which it has in the host; `act` runs inside, between the two questions. */
export const readNsids = (
  machine: string,
  netns: FoundNetns,
  host: HostSocket | undefined,
  arena: Arena,
  gaps: Gap[],
  act: (visit: Visit, isHost: boolean) => void = () => undefined,
): NsidFacts | undefined => {
  const id = idOf(machine, netns);
  const isHost = netns.inode === host?.inode;
  let facts: NsidFacts | undefined;
  visitNetns(id, netns, gaps, (visit) => {
    const inHost = host === undefined || isHost ? undefined : nsidOf(host.route, visit.netnsFd, arena);
    act(visit, isHost);
    const nsids = listNsids(visit.route, arena);
    const ofHost =
      host === undefined || isHost || nsids.length === 0 ? undefined : nsidOf(visit.route, host.netnsFd, arena);
    facts = {
      id,
      inode: netns.inode,
      nsids,
      ...(inHost === undefined ? {} : { inHost }),
      ...(ofHost === undefined ? {} : { ofHost }),
    };
  });
  return facts;
};

/** Each fact is found out once, when first needed. */
export const machineFacts = (discovery: Discovery): MachineFacts => {
  let presence: ((name: string) => Presence) | undefined;
  let holders: SocketHolders | undefined;
  return {
    hostInode: discovery.hostInode,
    presence: (name) => {
      presence ??= modulePresence();
      return presence(name);
    },
    socketHolders: (inode) => {
      holders ??= findSocketHolders(discovery.processes.keys());
      return holders(inode);
    },
  };
};

/** Asking inside one netns which number others have there. */
export const askInside =
  (doors: ReadonlyMap<NetnsId, FoundNetns>, arena: Arena): AskInside =>
  (inside, candidates, wanted) => {
    const answers = new Map<number, NetnsId>();
    let questions = 0;
    const netns = doors.get(inside);
    if (netns === undefined) return { answers, questions };
    visitNetns(inside, netns, [], (visit) => {
      for (const candidate of candidates) {
        if ([...wanted].every((nsid) => answers.has(nsid))) return;
        const other = doors.get(candidate);
        const opened = other === undefined ? undefined : openNetns(other.doors, other.inode);
        if (opened === undefined) continue;
        const nsid = nsidOf(visit.route, opened.fd, arena);
        questions++;
        opened.close();
        if (nsid !== undefined) answers.set(nsid, candidate);
      }
    });
    return { answers, questions };
  };

export const identityOf = (
  host: string,
  netns: FoundNetns,
  hostInode: number,
  resolved: ResolvedNsids,
): NetnsIdentity => {
  const id = idOf(host, netns);
  return {
    id,
    dev: netns.dev,
    inode: netns.inode,
    isHost: netns.inode === hostInode,
    names: netns.names,
    holders: netns.holders,
    nsids: resolved.entries.get(id) ?? [],
  };
};
