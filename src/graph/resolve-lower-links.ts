/** Finds what a macvlan, ipvlan, vlan, vxlan or tunnel link sits on, also in another netns. */
import type { LinkId } from '../model/ids.ts';
import type { Relation } from './graph.ts';
import type { FactsIndex, IndexedNetns, LinkFacts } from './index-facts.ts';
import { isPairKind } from './resolve-veth-peers.ts';

/** The ifindex of the lower link as counted in the netns it lies in; undefined: sits on nothing. */
const readLowerIndex = (link: LinkFacts, home: IndexedNetns): number | undefined => {
  const { facts } = link;
  if (facts.linkinfo?.info_kind === 'vxlan') {
    // vxlan has no ndo_get_iflink: once moved to another netns its IFLA_LINK is its own ifindex. Only IFLA_VXLAN_LINK
    // tells, and ip prints that ifindex as the name which the same number has in the netns it is run in.
    const name = facts.linkinfo.info_data?.['link'];
    if (typeof name !== 'string') return undefined;
    return home.byName.get(name)?.facts.ifindex ?? numberOf(name);
  }
  if (facts.link_netnsid === undefined && typeof facts.link === 'string') {
    return home.byName.get(facts.link)?.facts.ifindex ?? numberOf(facts.link);
  }
  if (facts.link_index === undefined || facts.link_index === 0) return undefined;
  if (facts.link_netnsid === undefined && facts.link_index === facts.ifindex) return undefined;
  return facts.link_index;
};

/** ip's `if7`: a link it could not name. */
const numberOf = (name: string): number | undefined => {
  const digits = /^if(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const resolveLowerLink = (link: LinkFacts, home: IndexedNetns, index: FactsIndex): Relation<LinkId> | undefined => {
  const ifindex = readLowerIndex(link, home);
  if (ifindex === undefined) {
    return typeof link.facts.link === 'string'
      ? {
          certainty: 'unknown',
          why: `${link.facts.link}, which it sits on, was gone when the links were read`,
          netns: link.netns,
        }
      : undefined;
  }
  const nsid = link.facts.link_netnsid;
  const netns = nsid === undefined ? link.netns : home.nsids.get(nsid);
  if (netns === undefined) {
    return { certainty: 'unknown', why: `nobody visible holds the netns of what it sits on (nsid ${nsid})`, ifindex };
  }
  const there = index.get(netns);
  if (there === undefined || !there.linksRead) {
    return { certainty: 'unknown', why: 'the links of the netns of what it sits on could not be read', ifindex, netns };
  }
  const lower = there.byIndex.get(ifindex);
  if (lower === undefined || lower.id === link.id) {
    return { certainty: 'unknown', why: `no link ${ifindex} in the netns of what it sits on`, ifindex, netns };
  }
  return { certainty: 'exact', to: lower.id };
};

export const resolveLowerLinks = (index: FactsIndex): ReadonlyMap<LinkId, Relation<LinkId>> => {
  const lowerLinks = new Map<LinkId, Relation<LinkId>>();
  for (const home of index.values()) {
    for (const link of home.links) {
      if (isPairKind(link.facts.linkinfo?.info_kind)) continue;
      const relation = resolveLowerLink(link, home, index);
      if (relation !== undefined) lowerLinks.set(link.id, relation);
    }
  }
  return lowerLinks;
};
