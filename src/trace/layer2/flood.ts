/** Where a frame that everybody gets (an ARP request, a frame to an unknown MAC) ends up: the layer 2 segment as seen from a link. */
import { isBridge, type LinkNode } from '../../graph/graph.ts';
import type { LinkId, NetnsId } from '../../model/ids.ts';
import { floodedEnds } from '../tunnels/tunnel-frames.ts';
import { joinedWires } from '../underlay/joined-wires.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import type { Vlan } from './bridge-port.ts';
import { floods, refusesEgress, refusesIngress, vlanInside, vlanOutside } from './bridge-port.ts';
import { macvlanMode } from './macvlan.ts';
import { ovsDoubt, ovsWaysOut } from './ovs-switch.ts';

export type FrameKind = 'broadcast' | 'multicast' | 'unicast';

export interface Segment {
  /** Links whose netns gets the frame to look at. */
  readonly receivers: readonly LinkNode[];
  readonly byNetns: ReadonlyMap<NetnsId, readonly LinkNode[]>;
  /** Links behind which we cannot see: wires, tunnels, veths with an unknown peer. */
  readonly beyond: readonly { readonly link: LinkNode; readonly why: string }[];
  /** Tunnels that answer questions for neighbours from a table instead of passing them on. */
  readonly proxies: readonly LinkNode[];
  /** Tunnels whose outer packets do not arrive: why. */
  readonly stopped: readonly string[];
}

interface Search {
  readonly world: World;
  readonly kind: FrameKind;
  readonly receivers: Map<LinkId, LinkNode>;
  readonly beyond: Map<LinkId, { link: LinkNode; why: string }>;
  readonly proxies: Map<LinkId, LinkNode>;
  readonly stopped: Set<string>;
  /** Links the frame left by, with its VLAN: a loop is walked once. */
  readonly left: Set<string>;
}

const floodFlag = { broadcast: 'bcast_flood', multicast: 'mcast_flood', unicast: 'flood' } as const;

const floodBridge = (search: Search, bridge: LinkNode, from: LinkNode | undefined, vlan: Vlan): void => {
  const { world } = search;
  const inside = vlanInside(world, bridge, from ?? bridge, vlan);
  if ('refused' in inside) return;
  if (bridge.ovsBridge !== undefined) {
    const doubt = ovsDoubt(bridge.ovsBridge);
    if (doubt !== undefined) {
      search.beyond.set(bridge.id, { link: bridge, why: doubt });
      return;
    }
    const [out] = ovsWaysOut(bridge.ovsBridge, inside.vlan);
    if (out !== undefined)
      search.beyond.set(bridge.id, { link: bridge, why: `port ${out} leads out of what can be seen` });
  }
  for (const id of bridge.ports) {
    const port = world.link(id);
    // Unicast floods over learning ports that know nobody yet as well: the fdb entry comes with the first answer.
    if (!floods(port, floodFlag[search.kind]) && !(search.kind === 'unicast' && port.bridgePort?.learning)) continue;
    if (refusesEgress(bridge, from, port) !== undefined) continue;
    const outside = vlanOutside(world, bridge, port, inside.vlan);
    if ('vlan' in outside) leaveBy(search, port, outside.vlan);
  }
  if (from === undefined) return;
  const own = vlanOutside(world, bridge, bridge, inside.vlan);
  if ('vlan' in own) receive(search, bridge, own.vlan);
};

const comeIn = (search: Search, link: LinkNode, vlan: Vlan): void => {
  if (link.state === 'down') return;
  const master = link.master === undefined ? undefined : search.world.link(link.master);
  if (master !== undefined && isBridge(master)) {
    if (refusesIngress(master, link) === undefined) floodBridge(search, master, link, vlan);
  } else if (master !== undefined) {
    search.beyond.set(link.id, {
      link,
      why: `${link.facts.ifname} belongs to ${master.facts.ifname} (${master.kind})`,
    });
  } else receive(search, link, vlan);
};

/** The link's own netns, and everything that sits on the link. */
const receive = (search: Search, link: LinkNode, vlan: Vlan): void => {
  if (vlan === 0) search.receivers.set(link.id, link);
  for (const id of link.upperLinks) {
    const upper = search.world.link(id);
    if (upper.state === 'down') continue;
    if (upper.kind === 'vlan') {
      if (vlan !== 0 && upper.facts.linkinfo?.info_data?.['id'] === vlan) comeIn(search, upper, 0);
    } else if (vlan === 0 && (upper.kind === 'macvlan' || upper.kind === 'macvtap' || upper.kind === 'ipvlan')) {
      comeIn(search, upper, 0);
    }
  }
};

const leaveMacvlan = (search: Search, link: LinkNode, vlan: Vlan): void => {
  const { world } = search;
  const lower = link.lowerLink;
  if (lower?.certainty !== 'exact') {
    search.beyond.set(link.id, { link, why: `the parent of ${link.facts.ifname} is not in the picture` });
    return;
  }
  const parent = world.link(lower.to);
  if (macvlanMode(link) === 'bridge') {
    for (const id of parent.upperLinks) {
      const sibling = world.link(id);
      const hears = sibling.kind === link.kind && sibling.state !== 'down' && macvlanMode(sibling) === 'bridge';
      if (sibling.id !== link.id && hears) comeIn(search, sibling, vlan);
    }
  }
  leaveBy(search, parent, vlan);
};

/** Other hosts on the same wire hear it; who else does cannot be seen. */
const leaveByWire = (search: Search, link: LinkNode, vlan: Vlan, why: string): void => {
  search.beyond.set(link.id, { link, why });
  for (const joint of joinedWires(search.world, link)) comeIn(search, joint.link, vlan);
};

const leaveByTunnel = (search: Search, link: LinkNode, vlan: Vlan): void => {
  const carried = floodedEnds(search.world, link, search.kind !== 'unicast');
  if (carried.answersItself) search.proxies.set(link.id, link);
  for (const end of carried.ends) comeIn(search, end, vlan);
  for (const why of carried.stopped) search.stopped.add(why);
  if (carried.beyond !== undefined) search.beyond.set(link.id, { link, why: carried.beyond });
};

const leaveBy = (search: Search, link: LinkNode, vlan: Vlan): void => {
  const key = `${link.id}/${vlan}`;
  if (search.left.has(key) || link.state === 'down') return;
  search.left.add(key);
  if (link.ovsBridge !== undefined) {
    floodBridge(search, link, undefined, vlan);
    return;
  }
  switch (link.kind) {
    case 'veth': {
      if (link.peer?.certainty === 'exact') comeIn(search, search.world.link(link.peer.to), vlan);
      else leaveByWire(search, link, vlan, `the other end of ${link.facts.ifname} is not in the picture`);
      return;
    }
    case 'bridge':
      floodBridge(search, link, undefined, vlan);
      return;
    case 'macvlan':
    case 'macvtap':
    case 'ipvlan':
      leaveMacvlan(search, link, vlan);
      return;
    case 'vlan': {
      const lower = link.lowerLink;
      const id = Number(link.facts.linkinfo?.info_data?.['id']);
      if (lower?.certainty === 'exact') leaveBy(search, search.world.link(lower.to), id);
      return;
    }
    case 'dummy':
    case 'loopback':
      return;
    case 'vxlan':
    case 'geneve':
    case 'gretap':
    case 'weave':
      leaveByTunnel(search, link, vlan);
      return;
    default:
      leaveByWire(search, link, vlan, `${link.facts.ifname} (${link.kind}) leads out of what can be seen`);
  }
};

const segmentOf = (search: Search): Segment => {
  const receivers = [...search.receivers.values()];
  const byNetns = new Map<NetnsId, LinkNode[]>();
  for (const link of receivers) {
    const links = byNetns.get(link.netns);
    if (links === undefined) byNetns.set(link.netns, [link]);
    else links.push(link);
  }
  return {
    receivers,
    byNetns,
    beyond: [...search.beyond.values()],
    proxies: [...search.proxies.values()],
    stopped: [...search.stopped],
  };
};

const newSearch = (world: World, kind: FrameKind): Search => ({
  world,
  kind,
  receivers: new Map(),
  beyond: new Map(),
  proxies: new Map(),
  stopped: new Set(),
  left: new Set(),
});

/** Everybody who gets a frame that comes in by `link`. */
export const floodInto = (world: World, link: LinkNode, kind: FrameKind): Segment =>
  remember(world.memo, `flood into ${kind} ${link.id}`, () => {
    const search = newSearch(world, kind);
    comeIn(search, link, 0);
    return segmentOf(search);
  });

/** Everybody who gets a frame that leaves by `link`. */
export const floodFrom = (world: World, link: LinkNode, kind: FrameKind, vlan: Vlan = 0): Segment =>
  remember(world.memo, `flood ${kind} ${vlan} ${link.id}`, () => {
    const search = newSearch(world, kind);
    leaveBy(search, link, vlan);
    return segmentOf(search);
  });
