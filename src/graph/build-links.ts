/** Link nodes: facts with peer, master, ports, lower and upper links. */
import type { LinkId } from '../model/ids.ts';
import type { AddressInfo, Link } from '../model/link.ts';
import type { OvsPort } from '../model/open-vswitch.ts';
import type { BridgePort, LinkNode } from './graph.ts';
import type { FactsIndex, IndexedNetns, LinkFacts } from './index-facts.ts';
import { resolveLowerLinks } from './resolve-lower-links.ts';
import type { OvsRoles } from './resolve-ovs-ports.ts';
import { resolveVethPeers } from './resolve-veth-peers.ts';

export const linkKind = (link: Link): string =>
  link.linkinfo?.info_kind ??
  (link.link_type === 'loopback' || link.flags.includes('LOOPBACK') ? 'loopback' : 'physical');

export const linkState = (link: Link): LinkNode['state'] => {
  if (!link.flags.includes('UP')) return 'down';
  if (link.flags.includes('LOWER_UP')) return 'up';
  return link.flags.includes('NO-CARRIER') || link.operstate === 'DOWN' || link.operstate === 'LOWERLAYERDOWN'
    ? 'no-carrier'
    : 'unknown';
};

/** Bridge port state as ip prints it; a number where it has no word for it. */
const bridgePort = (link: Link): BridgePort | undefined => {
  if (link.linkinfo?.info_slave_kind !== 'bridge') return undefined;
  const data = link.linkinfo.info_slave_data ?? {};
  return {
    state: typeof data['state'] === 'string' ? data['state'] : 'unknown',
    hairpin: data['hairpin'] === true,
    isolated: data['isolated'] === true,
    learning: data['learning'] !== false,
    guard: data['guard'] === true,
  };
};

/** What the database does not tell of a port is as in any switch that works: unless a flow says otherwise, which the trace asks. */
const switchPort = (port: OvsPort): BridgePort => ({
  state: 'forwarding',
  hairpin: false,
  isolated: port.protected,
  learning: true,
  guard: false,
});

const push = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

const addressesByIndex = (netns: IndexedNetns): ReadonlyMap<number, readonly AddressInfo[]> =>
  new Map((netns.facts.addresses ?? []).map((entry) => [entry.ifindex, entry.addr_info] as const));

const none: readonly LinkId[] = [];
const noRoles: OvsRoles = { bridges: new Map(), ports: new Map() };

export const buildLinks = (index: FactsIndex, ovs: OvsRoles = noRoles): ReadonlyMap<LinkId, LinkNode> => {
  const peers = resolveVethPeers(index);
  const lowerLinks = resolveLowerLinks(index);
  const ports = new Map<LinkId, LinkId[]>();
  const upperLinks = new Map<LinkId, LinkId[]>();
  const masters = new Map<LinkId, LinkFacts>();
  for (const netns of index.values()) {
    for (const link of netns.links) {
      const switched = ovs.ports.get(link.id);
      // The datapath (ovs-system) that the kernel calls their master is no bridge anybody made.
      const named = ovs.bridges.has(link.id) ? undefined : link.facts.master;
      const master =
        switched === undefined ? (named === undefined ? undefined : netns.byName.get(named)) : switched.bridge;
      if (master !== undefined) {
        masters.set(link.id, master);
        push(ports, master.id, link.id);
      }
    }
  }
  for (const [upper, lower] of lowerLinks) if (lower.certainty === 'exact') push(upperLinks, lower.to, upper);

  const nodes = new Map<LinkId, LinkNode>();
  for (const netns of index.values()) {
    const addresses = addressesByIndex(netns);
    for (const { id, facts } of netns.links) {
      const peer = peers.get(id);
      const lowerLink = lowerLinks.get(id);
      const master = masters.get(id);
      const ovsBridge = ovs.bridges.get(id);
      const ovsPort = ovs.ports.get(id)?.port;
      const port = ovsPort === undefined ? bridgePort(facts) : switchPort(ovsPort);
      nodes.set(id, {
        id,
        netns: netns.facts.id,
        facts,
        kind: linkKind(facts),
        addresses: addresses.get(facts.ifindex) ?? [],
        state: linkState(facts),
        ...(peer === undefined ? {} : { peer }),
        ...(master === undefined ? {} : { master: master.id }),
        ...(port === undefined ? {} : { bridgePort: port }),
        ...(ovsBridge === undefined ? {} : { ovsBridge }),
        ...(ovsPort === undefined ? {} : { ovsPort }),
        ports: ports.get(id) ?? none,
        ...(lowerLink === undefined ? {} : { lowerLink }),
        upperLinks: upperLinks.get(id) ?? none,
      });
    }
  }
  return nodes;
};
