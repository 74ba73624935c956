/** One pass over several netns: what is wanted of each, the buffer it is received into, and the chunks posted on the way. */
import type { Gap } from '../../../model/gap.ts';
import { hostId, type NetnsId, netnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { Discovery } from '../../namespaces/discover.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { openNetns } from '../../namespaces/open-netns.ts';
import { findSocketHolders, type SocketHolders } from '../../namespaces/socket-holders.ts';
import type { NetnsIdentity, RawNetns, RawPart } from '../protocol.ts';
import { type Arena, takeArena } from './arena.ts';
import type { HostSocket } from './host-socket.ts';
import { modulePresence, type Presence } from './modules.ts';
import { listNsids, nsidOf } from './nsids.ts';
import { type MachineFacts, readOtherFacts } from './read-facts.ts';
import { readLists } from './read-lists.ts';
import type { AskInside, NsidFacts, ResolvedNsids } from './resolve-nsids.ts';
import { visitNetns } from './visit.ts';

export interface Pass {
  readonly host: string;
  readonly parts: readonly NetnsPart[];
  readonly lists: readonly RawPart[];
  readonly machine: MachineFacts;
  readonly arena: Arena;
  readonly chunk: RawNetns[];
  readonly gaps: Gap[];
  post(buffer: ArrayBuffer, netns: readonly RawNetns[]): void;
}

/** A chunk is posted when it has this many bytes: large enough to be few, small enough for the main thread to decode within a frame. */
export const CHUNK = 96 * 1024;

export const flushPass = (pass: Pass): void => {
  if (pass.chunk.length > 0) pass.post(takeArena(pass.arena), pass.chunk.splice(0));
};

export const idOf = (host: string, netns: FoundNetns): NetnsId => netnsId(hostId(host), netns.dev, netns.inode);

/** Reads one netns; undefined when it could not be entered. */
export const readOne = (
  pass: Pass,
  netns: FoundNetns,
  host: HostSocket | undefined,
  wanted: boolean,
): NsidFacts | undefined => {
  const id = idOf(pass.host, netns);
  const isHost = netns.inode === host?.inode;
  let facts: NsidFacts | undefined;
  visitNetns(id, netns, pass.gaps, (visit) => {
    if (wanted) {
      const ranges = readLists(visit.route, pass.lists, pass.arena, id, pass.gaps);
      pass.chunk.push({
        id,
        ranges,
        facts: readOtherFacts(pass.parts, visit, ranges, isHost, pass.machine, pass.arena, pass.gaps),
      });
    }
    const nsids = listNsids(visit.route, pass.arena);
    const inHost = host === undefined || isHost ? undefined : nsidOf(host.route, visit.netnsFd, pass.arena);
    const ofHost =
      host === undefined || isHost || nsids.length === 0 ? undefined : nsidOf(visit.route, host.netnsFd, pass.arena);
    facts = {
      id,
      inode: netns.inode,
      nsids,
      ...(inHost === undefined ? {} : { inHost }),
      ...(ofHost === undefined ? {} : { ofHost }),
    };
  });
  if (pass.arena.length >= CHUNK) flushPass(pass);
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
    const netns = doors.get(inside);
    if (netns === undefined) return answers;
    visitNetns(inside, netns, [], (visit) => {
      for (const candidate of candidates) {
        if ([...wanted].every((nsid) => answers.has(nsid))) return;
        const other = doors.get(candidate);
        const opened = other === undefined ? undefined : openNetns(other.doors, other.inode);
        if (opened === undefined) continue;
        const nsid = nsidOf(visit.route, opened.fd, arena);
        opened.close();
        if (nsid !== undefined) answers.set(nsid, candidate);
      }
    });
    return answers;
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
