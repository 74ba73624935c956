/** One whole read: discover, visit every netns, resolve the nsids, read hidden netns from outside; posts raw chunks as it goes. */
import type { Gap } from '../../../model/gap.ts';
import { hostId, type NetnsId, netnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import { type Discovery, discoverQuickly, discoverThoroughly } from '../../namespaces/discover.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import type { NetnsIdentity, RawNetns, WorkerTimings } from '../protocol.ts';
import { newArena, takeArena } from './arena.ts';
import { openHost } from './host-socket.ts';
import { askInside, identityOf, idOf, machineFacts, type Pass, readOne } from './netns-pass.ts';
import { readHidden } from './read-hidden.ts';
import { rawPartsFor } from './read-lists.ts';
import { readUnreadable } from './read-unreadable.ts';
import { type NsidFacts, type ResolvedNsids, resolveNsids } from './resolve-nsids.ts';

export interface ReadOrder {
  readonly host: string;
  readonly parts: readonly NetnsPart[];
  readonly only?: readonly NetnsId[];
  readonly enginePids: readonly number[];
  readonly search: 'quick' | 'full';
  /** True: give up, somebody closes the reader. */
  stopped(): boolean;
}

export interface ReadResult {
  readonly identities: readonly NetnsIdentity[];
  readonly gaps: readonly Gap[];
  readonly timings: WorkerTimings;
  /** Where each netns can be entered, and what the host calls it: following needs both. */
  readonly doors: Map<NetnsId, FoundNetns>;
  readonly hostNsids: ReadonlyMap<number, NetnsId>;
  readonly hostInode: number;
  readonly hostId: NetnsId;
}

/** The host first, then in the order they were made. */
const inOrder = (discovery: Discovery): FoundNetns[] =>
  [...discovery.found.byInode.values()].sort((a, b) =>
    a.inode === discovery.hostInode ? -1 : b.inode === discovery.hostInode ? 1 : a.inode - b.inode,
  );

/** A chunk is posted when it has this many bytes: large enough to be few, small enough for the main thread to decode within a frame. */
const CHUNK = 96 * 1024;

export const readAll = (
  order: ReadOrder,
  post: (buffer: ArrayBuffer, netns: readonly RawNetns[]) => void,
): ReadResult => {
  const gaps: Gap[] = [];
  const began = performance.now();
  const discovery = discoverQuickly(order.enginePids, gaps);
  if (order.search === 'full') discoverThoroughly(discovery, gaps, discovery.mountNamespaces);
  const discovered = performance.now();
  const arena = newArena(2 * CHUNK);
  const pass: Pass = {
    host: order.host,
    parts: order.parts,
    lists: rawPartsFor(order.parts),
    machine: machineFacts(discovery),
    arena,
    chunk: [],
    gaps,
  };
  const flush = (): void => {
    if (pass.chunk.length > 0) post(takeArena(arena), pass.chunk.splice(0));
  };
  const host = openHost(discovery.found.byInode.get(discovery.hostInode), gaps);
  const only = order.only === undefined ? undefined : new Set(order.only);
  const doors = new Map<NetnsId, FoundNetns>();
  const facts: NsidFacts[] = [];
  const visitNew = (): void => {
    for (const netns of inOrder(discovery)) {
      const id = idOf(order.host, netns);
      if (doors.has(id) || order.stopped()) continue;
      doors.set(id, netns);
      const one = readOne(pass, netns, host, only === undefined || only.has(id));
      if (one !== undefined) facts.push(one);
      if (arena.length >= CHUNK) flush();
    }
  };
  const hostNetnsId = netnsId(hostId(order.host), discovery.found.dev, discovery.hostInode);
  const resolve = (): ResolvedNsids =>
    resolveNsids(
      facts,
      host === undefined ? undefined : { id: hostNetnsId, route: host.route },
      arena,
      askInside(doors, arena),
      gaps,
    );
  try {
    visitNew();
    const read = performance.now();
    let resolved = resolve();
    if (resolved.hidden.length > 0 && order.search === 'quick') {
      discoverThoroughly(discovery, gaps);
      visitNew();
      resolved = resolve();
    }
    const hidden = readHidden(resolved.hidden, host, doors, order.parts, arena, gaps);
    const unreadable = readUnreadable(order.host, discovery.unreadable, order.parts, gaps);
    pass.chunk.push(...hidden.raw, ...unreadable.raw);
    flush();
    const identities = [
      ...inOrder(discovery).map((netns) => identityOf(order.host, netns, discovery.hostInode, resolved)),
      ...hidden.identities,
      ...unreadable.identities,
    ];
    return {
      identities: only === undefined ? identities : identities.filter((one) => only.has(one.id)),
      gaps,
      timings: { discoverMs: discovered - began, kernelMs: read - discovered, nsidMs: performance.now() - read },
      doors,
      hostNsids: resolved.hostNsids,
      hostInode: discovery.hostInode,
      hostId: hostNetnsId,
    };
  } finally {
    host?.goHome();
    host?.close();
  }
};
