/** Following: hears the kernel, files what changed, reads again only those lists, and tells in bundles. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { stayingHome } from '../../namespaces/open-netns.ts';
import type { RawEvent } from '../protocol.ts';
import { type Arena, ensureRoom, newArena, takeArena } from './arena.ts';
import {
  type EventSocket,
  NFTABLES_GROUPS,
  newPacketReader,
  openEventSocket,
  ROUTE_GROUPS,
  signalOnArrival,
} from './event-socket.ts';
import { close, errorName } from './libc.ts';
import { NETLINK } from './netlink-socket.ts';
import {
  hasChanges,
  type NetnsChanges,
  type Numbering,
  noChanges,
  noteRoutePacket,
  noteRulesetPacket,
  type PendingChanges,
  type Reread,
} from './pending-changes.ts';
import type { MachineFacts } from './read-facts.ts';
import { newUnheard, rereadNetns, type Unheard } from './reread.ts';
import { watchNamedNetns } from './watch-named-netns.ts';

export interface FollowOrder {
  readonly parts: readonly NetnsPart[];
  /** The main thread has a SIGIO handler. */
  readonly signalled: boolean;
  readonly machine: MachineFacts;
  readonly numbering: Numbering;
  /** A netns that is told as gone leaves it: the next one may have its inode. */
  readonly doors: Map<NetnsId, FoundNetns>;
  readonly post: (buffer: ArrayBuffer, events: readonly RawEvent[]) => void;
  /** Somebody new: look around, and answer with events about who came and went. */
  readonly discover: (arena: Arena) => readonly RawEvent[];
  /** Which numbers these have given, and to whom. */
  readonly renumber: (netns: Iterable<NetnsId>, arena: Arena) => readonly RawEvent[];
}

export interface Follower {
  readonly gaps: readonly Gap[];
  /** Something arrived (or may have). */
  drain(): void;
  stop(): void;
}

/** The first change is told at once; what follows within this time is told together. */
const BUNDLE_MS = 20;
/** Neighbours, fdb and sysctls change often and matter less: at most this often. */
const SLOW_MS = 250;
const slowLists: readonly Reread[] = ['neighbours', 'fdb', 'sysctls'];
/** Without SIGIO the sockets are looked at this often. */
const POLL_MS = 100;
/** Netns without a number in the host have no events: a few of them are read again this often. */
const UNHEARD_MS = 2000;

const openAll = (order: FollowOrder, gaps: Gap[]): { readonly route?: EventSocket; readonly tables?: EventSocket } => {
  const open = (protocol: number, groups: readonly number[], what: string): EventSocket | undefined => {
    const opened = openEventSocket(protocol, groups);
    if (typeof opened === 'number') {
      gaps.push({
        source: 'netlink events',
        reason: 'forbidden',
        detail: `${what}: ${errorName(opened)}`,
        howToSee: 'refresh by hand, or run as root',
      });
      return undefined;
    }
    if (!opened.everywhere) {
      gaps.push({
        source: 'netlink events',
        reason: 'forbidden',
        detail: `${what}: only the host's own netns is heard`,
        howToSee: 'run as root',
      });
    }
    return opened;
  };
  const route = open(NETLINK.ROUTE, ROUTE_GROUPS, 'links, addresses and routes');
  const wantsTables = order.parts.includes('ruleset') && order.machine.presence('nf_tables') === 'loaded';
  const tables = wantsTables ? open(NETLINK.NETFILTER, NFTABLES_GROUPS, 'nft rules') : undefined;
  return { ...(route === undefined ? {} : { route }), ...(tables === undefined ? {} : { tables }) };
};

/** This thread must be in the host netns. */
export const startFollower = (order: FollowOrder): Follower => {
  const gaps: Gap[] = [];
  const { route, tables } = openAll(order, gaps);
  const sockets = [route, tables].filter((one) => one !== undefined);
  const signalled = order.signalled && sockets.every(({ fd }) => signalOnArrival(fd, process.pid));
  const packets = newPacketReader();
  const unheard = newUnheard(order);
  const arena = newArena(256 * 1024);
  let pending = noChanges();
  let timer: NodeJS.Timeout | undefined;
  let dueAt = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let slowAt = Number.NEGATIVE_INFINITY;

  const receiveAll = (): void => {
    for (const { fd } of sockets) {
      for (let packet = packets.receive(fd); packet.kind !== 'nothing'; packet = packets.receive(fd)) {
        if (packet.kind === 'failed') break;
        if (packet.kind === 'lost') pending.lost = true;
        else if (fd === route?.fd)
          noteRoutePacket(pending, packets.view, packets.bytes, packet.length, packet.nsid, order.numbering);
        else noteRulesetPacket(pending, packet.nsid, order.numbering);
      }
    }
  };

  /** Sooner than what is already due counts; a slow list never holds a fast change back. */
  const tellAt = (at: number): void => {
    if (timer !== undefined && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(
      () => {
        receiveAll();
        tell();
      },
      Math.max(0, at - performance.now()),
    );
  };

  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = performance.now();
    const slow = now - slowAt >= SLOW_MS;
    const [telling, later] = splitSlow(pending, slow, order.parts);
    pending = later;
    const events = tellSafely(telling, order, unheard, arena);
    if (events.length > 0) order.post(takeArena(arena), events);
    arena.length = 0;
    toldAt = performance.now();
    if (slow) slowAt = toldAt;
    if (hasChanges(pending)) tellAt(slowAt + SLOW_MS);
  };

  const drain = (): void => {
    receiveAll();
    if (!hasChanges(pending)) return;
    if (performance.now() - toldAt >= BUNDLE_MS) tell();
    else tellAt(toldAt + BUNDLE_MS);
  };

  const lookAround = (): void => {
    pending.discover = true;
    tellAt(performance.now() + BUNDLE_MS);
  };
  const watches = watchNamedNetns(lookAround);
  const poll = signalled ? undefined : setInterval(drain, POLL_MS);
  const unheardTimer = setInterval(() => {
    if (!unheard.exist()) return;
    pending.unheard = true;
    tellAt(performance.now());
  }, UNHEARD_MS);
  return {
    gaps,
    drain,
    stop: () => {
      clearTimeout(timer);
      clearInterval(poll);
      clearInterval(unheardTimer);
      watches.stop();
      for (const { fd } of sockets) close(fd);
      sockets.length = 0;
    },
  };
};

/** Keeps the slow lists back until their time has come, and drops lists nobody asked for. */
const splitSlow = (
  pending: PendingChanges,
  slow: boolean,
  parts: readonly NetnsPart[],
): readonly [PendingChanges, PendingChanges] => {
  const later = noChanges();
  for (const [netns, changes] of pending.byNetns) {
    for (const list of [...changes.lists]) {
      const held = !slow && slowLists.includes(list);
      if (!held && parts.includes(list)) continue;
      changes.lists.delete(list);
      if (!held || !parts.includes(list)) continue;
      const kept = later.byNetns.get(netns) ?? { links: new Map(), again: new Set(), lists: new Set() };
      kept.lists.add(list);
      later.byNetns.set(netns, kept);
    }
  }
  return [pending, later];
};

/** Whatever fails while a machine changes under us must not end the following: then everything is asked again. */
const tellSafely = (
  pending: PendingChanges,
  order: FollowOrder,
  unheard: Unheard,
  arena: Arena,
): readonly RawEvent[] => {
  try {
    return stayingHome(() => tellChanges(pending, order, unheard, arena));
  } catch (error) {
    arena.length = 0;
    return [{ kind: 'resync', why: `reading what changed failed: ${error instanceof Error ? error.message : error}` }];
  }
};

const tellChanges = (
  pending: PendingChanges,
  order: FollowOrder,
  unheard: Unheard,
  arena: Arena,
): readonly RawEvent[] => {
  if (pending.lost) return [{ kind: 'resync', why: 'the kernel sent events faster than they could be received' }];
  const events: RawEvent[] = [...pending.gone].map((netns) => ({ kind: 'gone', netns }));
  for (const netns of pending.gone) order.doors.delete(netns);
  if (pending.discover) events.push(...order.discover(arena));
  else if (pending.unheard) events.push(...unheard.read(arena));
  if (pending.renumbered.size > 0) events.push(...order.renumber(pending.renumbered, arena));
  for (const [netns, changes] of pending.byNetns) {
    const links = linkEvent(netns, changes, arena);
    if (links !== undefined) events.push(links);
    const again = rereadNetns(netns, changes, order, arena);
    if (again !== undefined) events.push(...again);
  }
  return events;
};

const linkEvent = (netns: NetnsId, changes: NetnsChanges, arena: Arena): RawEvent | undefined => {
  if (changes.links.size === 0) return undefined;
  const ranges: (readonly [number, number])[] = [];
  const gone: number[] = [];
  for (const [ifindex, bytes] of changes.links) {
    if (bytes === undefined) {
      gone.push(ifindex);
      continue;
    }
    ensureRoom(arena);
    arena.bytes.set(bytes, arena.length);
    ranges.push([arena.length, arena.length + bytes.length]);
    arena.length += (bytes.length + 3) & ~3;
  }
  return { kind: 'links', netns, ranges, gone };
};
