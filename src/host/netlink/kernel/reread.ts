/** Reading single lists of one netns again, because the kernel said they changed. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { stayingHome } from '../../namespaces/open-netns.ts';
import type { RawEvent, RawPart, RawRanges } from '../protocol.ts';
import { type Arena, newArena, takeArena } from './arena.ts';
import { ask } from './netlink-socket.ts';
import type { NetnsChanges, Reread } from './pending-changes.ts';
import type { MachineFacts } from './read-facts.ts';
import { readOtherFacts } from './read-facts.ts';
import { readLists } from './read-lists.ts';
import { getLink } from './requests.ts';
import { visitNetns } from './visit.ts';

export interface RereadOrder {
  readonly doors: ReadonlyMap<NetnsId, FoundNetns>;
  readonly machine: MachineFacts;
}

const rawLists: Readonly<Record<Reread, readonly RawPart[]>> = {
  addresses: ['addresses'],
  routes: ['routes', 'routes6'],
  policyRules: ['policyRules'],
  neighbours: ['neighbours', 'proxies'],
  fdb: ['fdb'],
  vlans: ['vlans'],
  // Per-link values come with the links.
  sysctls: ['links'],
  ruleset: [],
};

/** Undefined when nothing has to be read; a netns that ended meanwhile is told as gone by its own event. */
export const rereadNetns = (
  id: NetnsId,
  changes: NetnsChanges,
  order: RereadOrder,
  arena: Arena,
): readonly RawEvent[] | undefined => {
  const netns = order.doors.get(id);
  const ports = [...changes.ports].filter(
    (ifindex) => !changes.links.has(ifindex) || changes.links.get(ifindex) !== undefined,
  );
  if (netns === undefined || (changes.lists.size === 0 && ports.length === 0)) return undefined;
  const events: RawEvent[] = [];
  const gaps: Gap[] = [];
  visitNetns(id, netns, gaps, (visit) => {
    const portRanges = ports
      .map((ifindex) => ask(visit.route, getLink(ifindex), arena))
      .filter((answer) => answer.error === 0)
      .map((answer) => [answer.start, answer.end] as const);
    if (portRanges.length > 0) events.push({ kind: 'links', netns: id, ranges: portRanges, gone: [] });
    const lists = [...changes.lists];
    if (lists.length === 0) return;
    const ranges: RawRanges = readLists(
      visit.route,
      lists.flatMap((list) => rawLists[list]),
      arena,
      id,
      gaps,
    );
    const facts = readOtherFacts(
      lists,
      visit,
      ranges,
      netns.inode === order.machine.hostInode,
      order.machine,
      arena,
      gaps,
    );
    events.push({ kind: 'facts', raw: { id, ranges, facts }, parts: lists });
  });
  return [...events, ...gaps.filter((gap) => gap.reason !== 'vanished').map((gap): RawEvent => ({ kind: 'gap', gap }))];
};

/** All links of one netns; the thread comes home afterwards. */
export const rereadLinks = (
  id: NetnsId,
  doors: ReadonlyMap<NetnsId, FoundNetns>,
  post: (buffer: ArrayBuffer, events: readonly RawEvent[]) => void,
): void => {
  const netns = doors.get(id);
  if (netns === undefined) return;
  const arena = newArena(256 * 1024);
  const gaps: Gap[] = [];
  let ranges: RawRanges = {};
  stayingHome(() => {
    visitNetns(id, netns, gaps, (visit) => {
      ranges = readLists(visit.route, ['links'], arena, id, gaps);
    });
  });
  post(takeArena(arena), [{ kind: 'facts', raw: { id, ranges, facts: {} }, parts: ['links'] }]);
};
