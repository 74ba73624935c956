/** One whole read: discover, visit every netns, resolve the nsids, read hidden netns from outside; posts raw chunks as it goes. */
import type { Gap } from '../../../model/gap.ts';
import { hostId, type NetnsId, netnsId } from '../../../model/ids.ts';
import type { NetnsHolder } from '../../../model/netns.ts';
import type { NetnsPart } from '../../host.ts';
import { type Discovery, discoverQuickly, discoverThoroughly } from '../../namespaces/discover.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { openNetns } from '../../namespaces/open-netns.ts';
import { findSocketHolders, type SocketHolders } from '../../namespaces/socket-holders.ts';
import type { NetnsIdentity, RawNetns, RawPart, WorkerTimings } from '../protocol.ts';
import { type Arena, newArena, takeArena } from './arena.ts';
import { type HostSocket, openHost } from './host-socket.ts';
import { modulePresence, type Presence } from './modules.ts';
import { listNsids, nsidOf } from './nsids.ts';
import { type MachineFacts, readOtherFacts } from './read-facts.ts';
import { readHidden } from './read-hidden.ts';
import { rawPartsFor, readLists } from './read-lists.ts';
import { type NsidFacts, type ResolvedNsids, resolveNsids } from './resolve-nsids.ts';
import { visitNetns } from './visit.ts';

export interface ReadOrder {
  readonly host: string;
  readonly parts: readonly NetnsPart[];
  readonly only?: readonly NetnsId[];
  readonly enginePids: readonly number[];
  readonly search: 'quick' | 'full';
}

export interface ReadResult {
  readonly identities: readonly NetnsIdentity[];
  readonly gaps: readonly Gap[];
  readonly timings: WorkerTimings;
  /** What following needs: where each netns can be entered, and what the host calls it. */
  readonly doors: ReadonlyMap<NetnsId, FoundNetns>;
  readonly hostNsids: ReadonlyMap<number, NetnsId>;
}

export type PostChunk = (buffer: ArrayBuffer, netns: readonly RawNetns[]) => void;

/** A chunk is posted when it has this many bytes: large enough to be few, small enough for the main thread to decode within a frame. */
const CHUNK = 512 * 1024;

interface Pass {
  readonly order: ReadOrder;
  readonly lists: readonly RawPart[];
  readonly machine: MachineFacts;
  readonly arena: Arena;
  readonly chunk: RawNetns[];
  readonly gaps: Gap[];
  readonly post: PostChunk;
}

const flush = (pass: Pass): void => {
  if (pass.chunk.length === 0) return;
  pass.post(takeArena(pass.arena), pass.chunk.splice(0));
};

const idOf = (order: ReadOrder, netns: FoundNetns): NetnsId => netnsId(hostId(order.host), netns.dev, netns.inode);

/** Reads one netns; undefined when it could not be entered. */
const readOne = (
  pass: Pass,
  netns: FoundNetns,
  host: HostSocket | undefined,
  wanted: boolean,
): NsidFacts | undefined => {
  const id = idOf(pass.order, netns);
  let facts: NsidFacts | undefined;
  visitNetns(id, netns, pass.gaps, (visit) => {
    if (wanted) {
      const ranges = readLists(visit.route, pass.lists, pass.arena, id, pass.gaps);
      pass.chunk.push({
        id,
        ranges,
        facts: readOtherFacts(
          pass.order.parts,
          visit,
          ranges,
          netns.inode === host?.inode,
          pass.machine,
          pass.arena,
          pass.gaps,
        ),
      });
    }
    const nsids = listNsids(visit.route, pass.arena);
    const isHost = netns.inode === host?.inode;
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
  if (pass.arena.length >= CHUNK) flush(pass);
  return facts;
};

const inOrder = (discovery: Discovery): FoundNetns[] =>
  [...discovery.found.byInode.values()].sort((a, b) =>
    a.inode === discovery.hostInode ? -1 : b.inode === discovery.hostInode ? 1 : a.inode - b.inode,
  );

const machineFacts = (discovery: Discovery): MachineFacts => {
  let presence: ((name: string) => Presence) | undefined;
  let holders: SocketHolders | undefined;
  return {
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

export const readAll = (order: ReadOrder, post: PostChunk): ReadResult => {
  const gaps: Gap[] = [];
  const began = performance.now();
  const discovery = discoverQuickly(order.enginePids, gaps);
  if (order.search === 'full') discoverThoroughly(discovery, gaps);
  const discovered = performance.now();
  const pass: Pass = {
    order,
    lists: rawPartsFor(order.parts),
    arena: newArena(2 * CHUNK),
    machine: machineFacts(discovery),
    chunk: [],
    gaps,
    post,
  };
  const host = openHost(discovery, gaps);
  try {
    const wants = (netns: FoundNetns): boolean => order.only === undefined || order.only.includes(idOf(order, netns));
    const facts: NsidFacts[] = [];
    const visited = new Set<number>();
    const visitNew = (): void => {
      for (const netns of inOrder(discovery)) {
        if (visited.has(netns.inode)) continue;
        visited.add(netns.inode);
        const one = readOne(pass, netns, host, wants(netns));
        if (one !== undefined) facts.push(one);
      }
    };
    visitNew();
    const read = performance.now();
    const resolve = (): ResolvedNsids => resolveAll(pass, facts, discovery, host);
    let resolved = resolve();
    if (resolved.hidden.length > 0 && order.search === 'quick') {
      discoverThoroughly(discovery, gaps);
      visitNew();
      resolved = resolve();
    }
    const hidden = readHidden(
      resolved.hidden,
      host,
      (id) => doorOf(discovery, order, id),
      order.parts,
      pass.arena,
      gaps,
    );
    for (const raw of hidden.raw) pass.chunk.push(raw);
    host?.goHome();
    flush(pass);
    const identities = [
      ...inOrder(discovery).map((netns) => identity(order, netns, discovery.hostInode, resolved)),
      ...hidden.identities,
    ];
    const doors = new Map(inOrder(discovery).map((netns) => [idOf(order, netns), netns] as const));
    const timings = { discoverMs: discovered - began, kernelMs: read - discovered, nsidMs: performance.now() - read };
    return {
      identities: identities.filter((one) => order.only === undefined || order.only.includes(one.id)),
      gaps,
      timings,
      doors,
      hostNsids: resolved.hostNsids,
    };
  } finally {
    host?.goHome();
    host?.close();
  }
};

const doorOf = (discovery: Discovery, order: ReadOrder, id: NetnsId): FoundNetns | undefined =>
  [...discovery.found.byInode.values()].find((netns) => idOf(order, netns) === id);

const resolveAll = (
  pass: Pass,
  facts: readonly NsidFacts[],
  discovery: Discovery,
  host: HostSocket | undefined,
): ResolvedNsids => {
  const doors = new Map(
    [...discovery.found.byInode.values()].map((netns) => [idOf(pass.order, netns), netns] as const),
  );
  const askInside = (
    inside: NetnsId,
    candidates: readonly NetnsId[],
    wanted: ReadonlySet<number>,
  ): ReadonlyMap<number, NetnsId> => {
    const answers = new Map<number, NetnsId>();
    const netns = doors.get(inside);
    if (netns === undefined) return answers;
    visitNetns(inside, netns, [], (visit) => {
      for (const candidate of candidates) {
        if ([...wanted].every((nsid) => answers.has(nsid))) return;
        const other = doors.get(candidate);
        if (other === undefined) continue;
        visitWithoutEntering(other, (fd) => {
          const nsid = nsidOf(visit.route, fd, pass.arena);
          if (nsid !== undefined) answers.set(nsid, candidate);
        });
      }
    });
    return answers;
  };
  const hostSide =
    host === undefined ? undefined : { id: netnsId(hostId(pass.order.host), host.dev, host.inode), route: host.route };
  return resolveNsids(facts, hostSide, pass.arena, askInside, pass.gaps);
};

const identity = (order: ReadOrder, netns: FoundNetns, hostInode: number, resolved: ResolvedNsids): NetnsIdentity => {
  const id = idOf(order, netns);
  return {
    id,
    dev: netns.dev,
    inode: netns.inode,
    isHost: netns.inode === hostInode,
    names: netns.names,
    holders: netns.holders as readonly NetnsHolder[],
    nsids: resolved.entries.get(id) ?? [],
  };
};

const visitWithoutEntering = (netns: FoundNetns, act: (fd: number) => void): void => {
  const opened = openNetns(netns.doors, netns.inode);
  if (opened === undefined) return;
  try {
    act(opened.fd);
  } finally {
    opened.close();
  }
};
