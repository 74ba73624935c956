/** Finds the other end of every veth and netkit link: exact where the kernel names it, doubt where it does not. */
import type { LinkId, NetnsId } from '../model/ids.ts';
import type { Relation } from './graph.ts';
import type { FactsIndex, IndexedNetns, LinkFacts } from './index-facts.ts';

const pairKinds = new Set(['veth', 'netkit']);

export const isPairKind = (kind: string | undefined): boolean => kind !== undefined && pairKinds.has(kind);

/** Where the kernel says the other end is. `netns` absent: the number it gave leads to no netns we can open. */
interface Claim {
  readonly ifindex?: number;
  readonly netns?: NetnsId;
  readonly why?: string;
}

const unknown = (why: string, claim: Claim): Relation<LinkId> => ({
  certainty: 'unknown',
  why,
  ...(claim.ifindex === undefined ? {} : { ifindex: claim.ifindex }),
  ...(claim.netns === undefined ? {} : { netns: claim.netns }),
});

/**
 * IFLA_LINK is the peer's ifindex, counted in the netns IFLA_LINK_NETNSID names (absent: the same netns). Kernels before
 * feadc4b6cf42 leave IFLA_LINK out when both ends have the same ifindex.
 */
const readClaim = (end: LinkFacts, home: IndexedNetns): Claim => {
  const { link, link_index: index, link_netnsid: nsid, ifindex } = end.facts;
  if (nsid === undefined) {
    if (typeof link === 'string') {
      const peer = home.byName.get(link);
      if (peer === undefined)
        return { netns: end.netns, why: `${link}, its other end here, was gone when the links were read` };
      return { netns: end.netns, ifindex: peer.facts.ifindex };
    }
    if (index !== undefined && index !== 0) return { netns: end.netns, ifindex: index };
    return { why: 'the kernel names no other end' };
  }
  const peerIndex = index ?? ifindex;
  // peernet2id_alloc() gives -1 only for a netns that is being torn down.
  if (nsid < 0) return { ifindex: peerIndex, why: 'the kernel has no number for the netns of its other end' };
  if (!home.nsids.has(nsid))
    return { ifindex: peerIndex, why: `nsid ${nsid} of its other end is not in the list of nsids` };
  const netns = home.nsids.get(nsid);
  if (netns === undefined)
    return { ifindex: peerIndex, why: `nobody visible holds the netns of its other end (nsid ${nsid})` };
  return { ifindex: peerIndex, netns };
};

const claimFits = (claim: Claim, end: LinkFacts): boolean =>
  (claim.ifindex === undefined || claim.ifindex === end.facts.ifindex) &&
  (claim.netns === undefined || claim.netns === end.netns);

/** Ends that could be the other one: their claims point back, and nothing known of either end speaks against it. */
const findCandidates = (
  end: LinkFacts,
  claim: Claim,
  claims: ReadonlyMap<LinkId, Claim>,
  index: FactsIndex,
  taken: ReadonlyMap<LinkId, unknown>,
  byPeerIndex: ReadonlyMap<string, readonly LinkFacts[]>,
): readonly LinkFacts[] => {
  const home = index.get(end.netns)!;
  const numbered = new Set(home.nsids.values());
  const mirror = byPeerIndex.get(`${end.host} ${end.facts.ifindex} ${claim.ifindex}`) ?? [];
  return mirror.filter((other) => {
    if (other.id === end.id || other.netns === end.netns || taken.has(other.id)) return false;
    if (other.facts.linkinfo?.info_kind !== end.facts.linkinfo?.info_kind) return false;
    // A netns that has a number here would have been named by that number.
    if (numbered.has(other.netns)) return false;
    return claimFits(claims.get(other.id)!, end);
  });
};

const verify = (
  end: LinkFacts,
  claim: Claim,
  claims: ReadonlyMap<LinkId, Claim>,
  index: FactsIndex,
): LinkFacts | string => {
  const there = index.get(claim.netns!);
  if (there === undefined) return 'the netns of its other end was gone when the links were read';
  if (!there.linksRead) return 'the links of the netns of its other end could not be read';
  const other = there.byIndex.get(claim.ifindex!);
  if (other === undefined) return `no link ${claim.ifindex} in the netns of its other end`;
  const back = claims.get(other.id);
  if (back === undefined)
    return `link ${claim.ifindex} in the netns of its other end is no ${end.facts.linkinfo?.info_kind}`;
  if (!claimFits(back, end))
    return `${other.facts.ifname} (${claim.ifindex}) at the other end points elsewhere: the two were read at different moments`;
  return other;
};

/** Every end of a pair of links → its other end. Both directions must agree before it is called exact. */
export const resolveVethPeers = (index: FactsIndex): ReadonlyMap<LinkId, Relation<LinkId>> => {
  const ends: LinkFacts[] = [];
  const claims = new Map<LinkId, Claim>();
  for (const netns of index.values()) {
    for (const link of netns.links) {
      if (!isPairKind(link.facts.linkinfo?.info_kind)) continue;
      ends.push(link);
      claims.set(link.id, readClaim(link, netns));
    }
  }
  const exact = new Map<LinkId, LinkId>();
  const failures = new Map<LinkId, string>();
  for (const end of ends) {
    const claim = claims.get(end.id)!;
    if (claim.ifindex === undefined || claim.netns === undefined) continue;
    const found = verify(end, claim, claims, index);
    if (typeof found === 'string') failures.set(end.id, found);
    else {
      exact.set(end.id, found.id);
      // One proven direction proves the other: the far end may know no number for this netns.
      if (!exact.has(found.id)) exact.set(found.id, end.id);
    }
  }
  return settle(ends, claims, exact, failures, index);
};

const settle = (
  ends: readonly LinkFacts[],
  claims: ReadonlyMap<LinkId, Claim>,
  exact: ReadonlyMap<LinkId, LinkId>,
  failures: ReadonlyMap<LinkId, string>,
  index: FactsIndex,
): ReadonlyMap<LinkId, Relation<LinkId>> => {
  const byPeerIndex = new Map<string, LinkFacts[]>();
  for (const end of ends) {
    if (exact.has(end.id)) continue;
    const key = `${end.host} ${claims.get(end.id)!.ifindex} ${end.facts.ifindex}`;
    const list = byPeerIndex.get(key);
    if (list === undefined) byPeerIndex.set(key, [end]);
    else list.push(end);
  }
  const peers = new Map<LinkId, Relation<LinkId>>();
  for (const end of ends) {
    const to = exact.get(end.id);
    const claim = claims.get(end.id)!;
    if (to !== undefined) peers.set(end.id, { certainty: 'exact', to });
    else if (claim.netns !== undefined)
      peers.set(end.id, unknown(failures.get(end.id) ?? claim.why ?? 'its other end was not found', claim));
    else {
      const why = claim.why ?? 'its other end was not found';
      const candidates =
        claim.ifindex === undefined ? [] : findCandidates(end, claim, claims, index, exact, byPeerIndex);
      if (candidates.length === 0) peers.set(end.id, unknown(why, claim));
      else peers.set(end.id, { certainty: 'ambiguous', candidates: candidates.map((link) => link.id), why });
    }
  }
  return peers;
};
