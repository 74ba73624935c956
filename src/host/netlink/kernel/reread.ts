/** Reading single lists of one netns again, because the kernel said they changed. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import { stayingHome } from '../../namespaces/open-netns.ts';
import type { RawEvent, RawPart, RawRanges } from '../protocol.ts';
import { type Arena, newArena, takeArena } from './arena.ts';
import { ask } from './netlink-socket.ts';
import type { NetnsChanges, Numbering, Reread } from './pending-changes.ts';
import type { MachineFacts } from './read-facts.ts';
import { readOtherFacts } from './read-facts.ts';
import { readLists } from './read-lists.ts';
import { getLink } from './requests.ts';
import { visitNetns } from './visit.ts';

export interface RereadOrder {
  readonly doors: ReadonlyMap<NetnsId, FoundNetns>;
  readonly machine: MachineFacts;
}

const rawLists: Readonly<Record<Reread | 'links', readonly RawPart[]>> = {
  links: ['links'],
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

type Changes = Omit<NetnsChanges, 'lists'> & { readonly lists: ReadonlySet<Reread | 'links'> };

/** Undefined when nothing has to be read; a netns that ended meanwhile is told as gone by its own event. */
export const rereadNetns = (
  id: NetnsId,
  changes: Changes,
  order: RereadOrder,
  arena: Arena,
): readonly RawEvent[] | undefined => {
  const netns = order.doors.get(id);
  const again = [...changes.again].filter(
    (ifindex) => !changes.links.has(ifindex) || changes.links.get(ifindex) !== undefined,
  );
  if (netns === undefined || (changes.lists.size === 0 && again.length === 0)) return undefined;
  const events: RawEvent[] = [];
  const gaps: Gap[] = [];
  visitNetns(id, netns, gaps, (visit) => {
    const linkRanges = again
      .map((ifindex) => ask(visit.route, getLink(ifindex), arena))
      .filter((answer) => answer.error === 0)
      .map((answer) => [answer.start, answer.end] as const);
    if (linkRanges.length > 0) events.push({ kind: 'links', netns: id, ranges: linkRanges, gone: [] });
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

export interface Unheard {
  /** Whether there are netns whose events nobody tells. */
  exist(): boolean;
  /** Reads the next few of them again. */
  read(arena: Arena): readonly RawEvent[];
}

/** At most this many at once: a nested engine may have hundreds, all without a number in the host. */
const UNHEARD_AT_ONCE = 4;
/** What people change by hand and nothing changes by itself. */
const unheardLists: readonly (Reread | 'links')[] = [
  'links',
  'addresses',
  'routes',
  'policyRules',
  'sysctls',
  'ruleset',
];

/** Netns joined to nothing the host knows (`--network none`, `ip netns add`, a nested engine's): the kernel delivers no events of theirs, so they are read in turn. */
export const newUnheard = (
  order: RereadOrder & { readonly parts: readonly NetnsPart[]; readonly numbering: Numbering },
): Unheard => {
  let last: NetnsId | undefined;
  const find = (): readonly NetnsId[] => {
    const heard = new Set([order.numbering.hostId, ...order.numbering.byNsid.values()]);
    return [...order.doors.keys()].filter((id) => !heard.has(id));
  };
  const lists = new Set(unheardLists.filter((part) => order.parts.includes(part)));
  return {
    exist: () => find().length > 0,
    read: (arena) => {
      const all = find();
      const from = last === undefined ? 0 : all.indexOf(last) + 1;
      const turn = [...all.slice(from), ...all.slice(0, from)].slice(0, UNHEARD_AT_ONCE);
      last = turn.at(-1);
      return turn.flatMap((id) => rereadNetns(id, { links: new Map(), again: new Set(), lists }, order, arena) ?? []);
    },
  };
};
