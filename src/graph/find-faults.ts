/** What about the wiring is not as it should be, as far as it shows without evaluating a rule. */
import type { Engine } from '../model/container.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import { findDuplicateAddresses } from './find-duplicate-addresses.ts';
import type { ContainerNode, Graph, LinkNode, NetnsNode, NetworkNode, WiringFault } from './graph.ts';
import { isRunning } from './resolve-container-netns.ts';

type Wiring = Pick<Graph, 'netns' | 'links' | 'containers' | 'networks'>;

const nameOf = (link: LinkNode, { netns }: Wiring): string => {
  const home = netns.get(link.netns)?.name;
  return home === undefined || home === 'host' ? link.facts.ifname : `${link.facts.ifname} in ${home}`;
};

const fault = (kind: WiringFault['kind'], link: LinkNode, text: string): WiringFault => ({
  kind,
  link: link.id,
  netns: link.netns,
  text,
});

/** Nobody lives where the other end is: no process, no container. What a netns file alone keeps (`ip netns add`) is no orphan. */
const isDeserted = (netns: NetnsNode | undefined): boolean => netns?.hidden === true && netns.containers.length === 0;

/** A host that is itself a container or a virtual machine of some kind has a veth whose other end lies outside: no fault. */
const isUplink = (link: LinkNode, { netns }: Wiring): boolean =>
  link.master === undefined && netns.get(link.netns)?.facts.isHost === true;

/** Its netns could not be asked what its nsids mean (hidden, or no privileges): a gap of ours, not a fault of the wiring. */
const isUnasked = ({ facts, netns: home }: LinkNode, { netns }: Wiring): boolean =>
  facts.link_netnsid !== undefined &&
  netns.get(home)?.facts.nsids.some((one) => one.nsid === facts.link_netnsid) !== true;

const checkPair = (link: LinkNode, wiring: Wiring): readonly WiringFault[] => {
  if (link.peer === undefined) return [];
  const name = nameOf(link, wiring);
  if (link.peer.certainty !== 'exact') {
    if (link.peer.certainty === 'ambiguous' || isUplink(link, wiring) || isUnasked(link, wiring)) return [];
    return [fault('half-pair', link, `${name}: the other end of this ${link.kind} cannot be seen: ${link.peer.why}`)];
  }
  const other = wiring.links.get(link.peer.to);
  const home = other === undefined ? undefined : wiring.netns.get(other.netns);
  if (link.master === undefined) return [];
  if (isDeserted(home)) {
    return [fault('orphan-veth', link, `${name}: nobody visible holds the netns of its other end (${home?.name})`)];
  }
  if (
    other?.netns === link.netns &&
    link.bridgePort !== undefined &&
    other.master === undefined &&
    other.addresses.length === 0 &&
    other.state !== 'up'
  ) {
    return [
      fault('orphan-veth', link, `${name}: its other end ${other.facts.ifname} was never moved into a container`),
    ];
  }
  return [];
};

const stpStates = new Set(['listening', 'learning', 'blocking', 'disabled']);

const checkState = (link: LinkNode, wiring: Wiring): readonly WiringFault[] => {
  const name = nameOf(link, wiring);
  const home = wiring.netns.get(link.netns);
  const matters = link.master !== undefined || (link.peer !== undefined && (home?.containers.length ?? 0) > 0);
  if (link.state === 'down' && matters) return [fault('link-down', link, `${name} is down (not set up)`)];
  const port = link.bridgePort;
  if (port !== undefined && link.state === 'up' && stpStates.has(port.state)) {
    return [fault('port-not-forwarding', link, `${name}: bridge port state is ${port.state}, so frames do not pass`)];
  }
  return [];
};

/** A link inside whose address the engine gave out for a bridge network: its outer end belongs in that bridge. */
const checkMaster = (container: ContainerNode, wiring: Wiring): readonly WiringFault[] => {
  if (container.facts.mode === 'container') return [];
  const faults: WiringFault[] = [];
  for (const id of container.links) {
    const inside = wiring.links.get(id);
    if (inside?.peer?.certainty !== 'exact') continue;
    const outside = wiring.links.get(inside.peer.to);
    const endpoint = container.facts.endpoints.find((one) =>
      inside.addresses.some((address) => address.local === one.ipv4),
    );
    const network = container.networks
      .map((one) => wiring.networks.get(one))
      .find((one) => one !== undefined && one.facts.name === endpoint?.network);
    if (outside === undefined || network?.facts.driver !== 'bridge' || network.link?.certainty !== 'exact') continue;
    if (outside.master === network.link.to) continue;
    const bridge = wiring.links.get(network.link.to)?.facts.ifname;
    const where =
      outside.master === undefined ? 'is in no bridge' : `is in ${wiring.links.get(outside.master)?.facts.ifname}`;
    faults.push(
      fault(
        'no-master',
        outside,
        `${nameOf(outside, wiring)} (${container.facts.name}/${inside.facts.ifname}) ${where} instead of ${bridge}`,
      ),
    );
  }
  return faults;
};

const checkNetwork = (network: NetworkNode, wiring: Wiring): readonly WiringFault[] => {
  if (network.facts.driver !== 'bridge' || network.link === undefined) return [];
  if (network.link.certainty === 'exact') {
    const bridge = wiring.links.get(network.link.to);
    if (bridge === undefined || bridge.state !== 'down') return [];
    return [
      fault(
        'dead-bridge',
        bridge,
        `${bridge.facts.ifname}, the bridge of network ${network.facts.name}, is down (not set up)`,
      ),
    ];
  }
  if (network.link.certainty !== 'unknown' || network.link.netns === undefined) return [];
  return [
    {
      kind: 'dead-bridge',
      netns: network.link.netns,
      text: `network ${network.facts.name} has no bridge: ${network.link.why}`,
    },
  ];
};

/** Docker names a bridge after its network's id; one whose network is gone was left behind. */
const checkLeftOverBridge = (
  link: LinkNode,
  carriers: ReadonlySet<LinkId>,
  engineNetns: ReadonlySet<NetnsId>,
): readonly WiringFault[] => {
  if (link.kind !== 'bridge' || link.ports.length > 0 || carriers.has(link.id) || !engineNetns.has(link.netns))
    return [];
  if (!/^br-[0-9a-f]{12}$/.test(link.facts.ifname)) return [];
  return [
    fault(
      'dead-bridge',
      link,
      `${link.facts.ifname} belongs to no network of the engine and has no ports: left behind`,
    ),
  ];
};

const checkContainer = (container: ContainerNode): readonly WiringFault[] =>
  isRunning(container.facts) && container.facts.pid > 0 && container.netns === undefined
    ? [
        {
          kind: 'container-without-netns',
          container: container.id,
          text: `${container.facts.name}: the netns it lives in (pid ${container.facts.pid}) was not found`,
        },
      ]
    : [];

const checkNetns = (netns: NetnsNode): readonly WiringFault[] =>
  netns.hidden
    ? [
        {
          kind: 'hidden-netns',
          netns: netns.id,
          text: `${netns.name}: a netns in which no process and for which no file can be seen from here`,
        },
      ]
    : [];

/** `dockerNetns`: where engines that were asked for their networks make bridges; a bridge elsewhere is not theirs. */
export const findFaults = (wiring: Wiring, dockerNetns: ReadonlySet<NetnsId>): readonly WiringFault[] => {
  const carriers = new Set(
    [...wiring.networks.values()].flatMap((one) => (one.link?.certainty === 'exact' ? [one.link.to] : [])),
  );
  const faults: WiringFault[] = [];
  for (const container of wiring.containers.values())
    faults.push(...checkContainer(container), ...checkMaster(container, wiring));
  for (const network of wiring.networks.values()) faults.push(...checkNetwork(network, wiring));
  for (const link of wiring.links.values()) {
    faults.push(
      ...checkPair(link, wiring),
      ...checkState(link, wiring),
      ...checkLeftOverBridge(link, carriers, dockerNetns),
    );
    faults.push(...findDuplicateAddresses(link, wiring));
  }
  for (const netns of wiring.netns.values()) faults.push(...checkNetns(netns));
  return faults;
};

/** Engines whose networks are known, so that a bridge without one is really left behind. */
export const knowsItsNetworks = (engine: Engine): boolean => engine.kind === 'docker' && engine.networks.length > 0;
