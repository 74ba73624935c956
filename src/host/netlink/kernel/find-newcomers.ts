/** Who came and who went since the last look, while following: visits only those not known yet. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import { discoverQuickly } from '../../namespaces/discover.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { openNetns } from '../../namespaces/open-netns.ts';
import type { RawEvent, RawNetns } from '../protocol.ts';
import type { Arena } from './arena.ts';
import { openHost } from './host-socket.ts';
import { askInside, identityOf, idOf, machineFacts, type Pass, readNsids, readOne } from './netns-pass.ts';
import type { Numbering } from './pending-changes.ts';
import { rawPartsFor } from './read-lists.ts';
import { type NsidFacts, resolveNsids } from './resolve-nsids.ts';

export interface Known {
  readonly host: string;
  readonly parts: readonly NetnsPart[];
  readonly enginePids: readonly number[];
  readonly doors: Map<NetnsId, FoundNetns>;
  readonly numbering: Numbering;
}

/** Those with an nsid are told as gone by the kernel; the others when nothing shows or opens them any more. */
const findGone = (known: Known, seen: ReadonlySet<number>): readonly NetnsId[] => {
  const numbered = new Set(known.numbering.byNsid.values());
  return [...known.doors].flatMap(([id, netns]) => {
    if (id === known.numbering.hostId || numbered.has(id) || seen.has(netns.inode)) return [];
    const opened = openNetns(netns.doors, netns.inode);
    opened?.close();
    return opened === undefined ? [id] : [];
  });
};

/** Known, but without a number in the host when last looked at (joined to nothing, or wired later): none of its events could be told, so it is read whole again. */
const findUnnumbered = (
  known: Known,
  found: Iterable<FoundNetns>,
  fresh: readonly FoundNetns[],
): readonly FoundNetns[] => {
  const numbered = new Set(known.numbering.byNsid.values());
  return [...found].filter((netns) => {
    const id = idOf(known.host, netns);
    return id !== known.numbering.hostId && !numbered.has(id) && !fresh.includes(netns);
  });
};

export const findNewcomers = (known: Known, arena: Arena): readonly RawEvent[] => {
  const gaps: Gap[] = [];
  const discovery = discoverQuickly(known.enginePids, gaps);
  const fresh = [...discovery.found.byInode.values()].filter((netns) => !known.doors.has(idOf(known.host, netns)));
  for (const netns of discovery.found.byInode.values()) {
    // Doors change while a netns lives: a new process in it, the first one gone.
    if (known.doors.has(idOf(known.host, netns))) known.doors.set(idOf(known.host, netns), netns);
  }
  const unnumbered = findUnnumbered(known, discovery.found.byInode.values(), fresh);
  const host = openHost(discovery.found.byInode.get(discovery.hostInode), gaps);
  const chunk: RawNetns[] = [];
  const pass: Pass = {
    host: known.host,
    parts: known.parts,
    lists: rawPartsFor(known.parts),
    machine: machineFacts(discovery),
    arena,
    chunk,
    gaps,
  };
  try {
    const facts: NsidFacts[] = [];
    for (const netns of [...fresh, ...unnumbered]) {
      const one = readOne(pass, netns, host, true);
      if (one === undefined) continue;
      known.doors.set(one.id, netns);
      facts.push(one);
    }
    const hostSide = host === undefined ? undefined : { id: known.numbering.hostId, route: host.route };
    const resolved = resolveNsids(facts, hostSide, arena, askInside(known.doors, arena), gaps, known.numbering.byNsid);
    for (const [nsid, id] of resolved.hostNsids) known.numbering.byNsid.set(nsid, id);
    const events: RawEvent[] = findGone(known, new Set(discovery.found.byInode.keys())).map((netns) => ({
      kind: 'gone',
      netns,
    }));
    for (const event of events) if (event.kind === 'gone') known.doors.delete(event.netns);
    for (const raw of chunk) {
      const netns = known.doors.get(raw.id);
      if (netns !== undefined)
        events.push({ kind: 'appeared', identity: identityOf(known.host, netns, discovery.hostInode, resolved), raw });
    }
    for (const gap of gaps) if (gap.reason !== 'vanished') events.push({ kind: 'gap', gap });
    return events;
  } finally {
    host?.goHome();
    host?.close();
  }
};

/** Asks anew which numbers these netns have given, and to whom. */
export const readNumbers = (known: Known, ids: Iterable<NetnsId>, arena: Arena): readonly RawEvent[] => {
  const gaps: Gap[] = [];
  const { hostId, byNsid } = known.numbering;
  const host = openHost(known.doors.get(hostId), gaps);
  try {
    const facts = [...ids].flatMap((id) => {
      const netns = known.doors.get(id);
      return netns === undefined ? [] : (readNsids(known.host, netns, host, arena, gaps) ?? []);
    });
    const hostSide = host === undefined ? undefined : { id: hostId, route: host.route };
    const { entries } = resolveNsids(facts, hostSide, arena, askInside(known.doors, arena), gaps, byNsid);
    return facts.map(({ id }) => ({
      kind: 'facts',
      raw: { id, ranges: {}, facts: { nsids: entries.get(id) ?? [] } },
      parts: [],
    }));
  } finally {
    host?.goHome();
    host?.close();
  }
};
