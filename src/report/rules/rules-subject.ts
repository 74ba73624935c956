/** Whom a list of rules is about: the addresses and links by which packets of an endpoint can be told. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import type { Located } from '../../graph/locate.ts';
import type { NetnsId } from '../../model/ids.ts';
import { canonicalAddress } from '../../std/canonical-address.ts';
import { linkAt } from '../refs.ts';

export interface RulesSubject {
  /** Namespaces whose rules see every packet of it. */
  readonly own: ReadonlySet<NetnsId>;
  /** Namespaces its packets cross, with the links they come and leave by there. */
  readonly crossed: ReadonlyMap<NetnsId, ReadonlySet<string>>;
  readonly addresses: readonly string[];
}

/** What rules of IP families call the link: the bridge a packet comes by, not its port. */
const addCrossing = (crossed: Map<NetnsId, Set<string>>, graph: Graph, outside: LinkNode): void => {
  const names = crossed.get(outside.netns) ?? new Set();
  const master = outside.master === undefined ? undefined : graph.links.get(outside.master);
  crossed.set(outside.netns, names.add(master?.facts.ifname ?? outside.facts.ifname));
};

/** An address nobody here has is somebody outside: every rule of the host may see its packets. */
const outsider = (graph: Graph, word: string): RulesSubject | undefined => {
  const address = canonicalAddress(word);
  if (address === undefined) return undefined;
  const hosts = [...graph.hosts.values()].flatMap((host) => host.netns ?? []);
  return { own: new Set(), crossed: new Map(hosts.map((id) => [id, new Set<string>()])), addresses: [address] };
};

/** undefined: nobody goes by that name. */
export const findRulesSubject = (graph: Graph, word: string, located: readonly Located[]): RulesSubject | undefined => {
  const exact = located.filter((one) => one.netns !== undefined);
  if (exact.length === 0) return outsider(graph, word);
  const own = new Set(exact.map((one) => one.netns!));
  const crossed = new Map<NetnsId, Set<string>>();
  const addresses = new Set<string>();
  for (const netns of own) {
    for (const id of graph.netns.get(netns)?.links ?? []) {
      const link = graph.links.get(id);
      if (link === undefined || link.kind === 'loopback') continue;
      for (const address of link.addresses) addresses.add(address.local);
      const outside = linkAt(graph, link.peer);
      if (outside !== undefined && !own.has(outside.netns)) addCrossing(crossed, graph, outside);
    }
  }
  return { own, crossed, addresses: [...addresses] };
};
