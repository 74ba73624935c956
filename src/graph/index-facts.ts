/** Facts of all hosts, indexed for the questions that resolving a relation asks. */
import type { HostId, LinkId, NetnsId } from '../model/ids.ts';
import { linkId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Netns } from '../model/netns.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** A link with where it was read. */
export interface LinkFacts {
  readonly id: LinkId;
  readonly netns: NetnsId;
  readonly host: HostId;
  readonly facts: Link;
}

export interface IndexedNetns {
  readonly host: HostId;
  readonly facts: Netns;
  /** False when its links could not be read: then an absent link proves nothing. */
  readonly linksRead: boolean;
  readonly links: readonly LinkFacts[];
  readonly byIndex: ReadonlyMap<number, LinkFacts>;
  readonly byName: ReadonlyMap<string, LinkFacts>;
  /** Its own numbers for other namespaces; undefined value: the number exists, the netns behind it cannot be opened. */
  readonly nsids: ReadonlyMap<number, NetnsId | undefined>;
}

export type FactsIndex = ReadonlyMap<NetnsId, IndexedNetns>;

const indexNetns = (host: HostId, facts: Netns): IndexedNetns => {
  const links = (facts.links ?? []).map((link) => ({
    id: linkId(facts.id, link.ifindex),
    netns: facts.id,
    host,
    facts: link,
  }));
  const byIndex = new Map<number, LinkFacts>();
  const byName = new Map<string, LinkFacts>();
  for (const link of links) {
    byIndex.set(link.facts.ifindex, link);
    byName.set(link.facts.ifname, link);
  }
  const nsids = new Map(facts.nsids.map((entry) => [entry.nsid, entry.netns] as const));
  return { host, facts, linksRead: facts.links !== undefined, links, byIndex, byName, nsids };
};

/** Netns ids carry their host, so the facts of several hosts never meet. */
export const indexFacts = (snapshots: readonly Snapshot[]): FactsIndex => {
  const index = new Map<NetnsId, IndexedNetns>();
  for (const snapshot of snapshots) {
    for (const netns of snapshot.netns) index.set(netns.id, indexNetns(snapshot.host.id, netns));
  }
  return index;
};
