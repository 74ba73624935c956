/** Which netns each nsid means: asked of the kernel, in an order that keeps the number of questions near the number of netns. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NsidEntry } from '../../../model/netns.ts';
import type { Arena } from './arena.ts';
import { listNsidsOf } from './nsids.ts';

/** What was learnt of one netns during its visit. */
export interface NsidFacts {
  readonly id: NetnsId;
  readonly inode: number;
  readonly nsids: readonly number[];
  /** Its own number in the host netns, if it has one. */
  readonly inHost?: number;
  /** The number the host netns has in it, if it has one. */
  readonly ofHost?: number;
}

export interface ResolvedNsids {
  readonly entries: ReadonlyMap<NetnsId, readonly NsidEntry[]>;
  /** nsids of the host netns, by number. */
  readonly hostNsids: ReadonlyMap<number, NetnsId>;
  /** Numbers nobody visible explains. */
  readonly hidden: readonly { readonly seenFrom: NetnsId; readonly nsid: number }[];
}

export interface AskedInside {
  readonly answers: ReadonlyMap<number, NetnsId>;
  /** How many candidates it took. */
  readonly questions: number;
}

/** Asks, in netns `inside`, for the nsid of each candidate; stops when all `wanted` are answered. */
export type AskInside = (inside: NetnsId, candidates: readonly NetnsId[], wanted: ReadonlySet<number>) => AskedInside;

/** How many "which number has this one there" questions may be asked for netns the host has no number for: about 100 ms. */
export const QUESTION_LIMIT = 20_000;

export const hiddenId = (seenFrom: NetnsId, nsid: number): NetnsId => `${seenFrom}~${nsid}` as NetnsId;

export const resolveNsids = (
  facts: readonly NsidFacts[],
  host: { readonly id: NetnsId; readonly route: number } | undefined,
  arena: Arena,
  askInside: AskInside,
  gaps: Gap[],
  /** What is known of the host's numbers from before, when only newcomers are resolved. */
  before: ReadonlyMap<number, NetnsId> = new Map(),
): ResolvedNsids => {
  const hostNsids = new Map(before);
  for (const { id, inHost } of facts) if (inHost !== undefined) hostNsids.set(inHost, id);
  const isStranger = (one: NsidFacts): boolean => one.inHost === undefined && one.id !== host?.id;
  // A netns full of others (a nested engine's) is the likeliest answer for those others.
  const byNumbers = facts.filter(isStranger).sort((a, b) => b.nsids.length - a.nsids.length);
  const strangers = byNumbers.map((one) => one.id);
  // Strangers last, the fullest first: whoever has a number for one of them is the likeliest answer to that one's own numbers.
  const inOrder = [...facts.filter((one) => !isStranger(one)), ...byNumbers];
  const namers = new Map<NetnsId, NetnsId[]>();
  const entries = new Map<NetnsId, readonly NsidEntry[]>();
  const hidden: { seenFrom: NetnsId; nsid: number }[] = [];
  let questions = 0;
  /** Latest answers first: neighbours of one netns (a nested host) follow each other. */
  let answered: readonly NetnsId[] = [];
  for (const one of inOrder) {
    const known = new Map<number, NetnsId>();
    if (one.id === host?.id) for (const [nsid, id] of hostNsids) known.set(nsid, id);
    if (one.ofHost !== undefined && host !== undefined) known.set(one.ofHost, host.id);
    const rest = (): number[] => one.nsids.filter((nsid) => !known.has(nsid));
    if (rest().length > 0 && one.inHost !== undefined && host !== undefined) {
      for (const { nsid, current } of listNsidsOf(host.route, one.inHost, arena)) {
        if (current < 0 || known.has(nsid)) continue;
        known.set(nsid, hostNsids.get(current) ?? hiddenId(host.id, current));
      }
    }
    const unknown = rest();
    if (unknown.length > 0 && questions < QUESTION_LIMIT) {
      // A netns may have a number for itself. What the host has a number for was translated, if the host can translate.
      const likely = [...(namers.get(one.id) ?? []), ...answered, one.id, ...strangers];
      const others = one.inHost === undefined ? facts.map((other) => other.id) : [];
      const candidates = [...new Set([...likely, ...others])].slice(0, QUESTION_LIMIT - questions);
      const asked = askInside(one.id, candidates, new Set(unknown));
      questions += asked.questions;
      for (const [nsid, id] of asked.answers) known.set(nsid, id);
      answered = [...new Set([...asked.answers.values(), ...answered])].slice(0, 8);
    }
    for (const id of known.values()) if (id !== host?.id) namers.set(id, [...(namers.get(id) ?? []), one.id]);
    for (const nsid of rest()) {
      hidden.push({ seenFrom: one.id, nsid });
      known.set(nsid, hiddenId(one.id, nsid));
    }
    entries.set(
      one.id,
      one.nsids.map((nsid) => entry(nsid, known.get(nsid))),
    );
  }
  if (questions >= QUESTION_LIMIT) {
    gaps.push({
      source: 'netlink: nsids',
      reason: 'truncated',
      detail: `more than ${QUESTION_LIMIT} pairs of netns would have to be asked; some nsids stay unexplained`,
    });
  }
  return { entries, hostNsids, hidden };
};

const entry = (nsid: number, netns: NetnsId | undefined): NsidEntry => ({
  nsid,
  ...(netns === undefined ? {} : { netns }),
});
