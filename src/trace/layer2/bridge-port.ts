/** What a bridge lets in and out by one of its ports: state, isolation, VLAN membership (br_handle_frame, should_deliver). */
import type { LinkNode } from '../../graph/graph.ts';
import type { World } from '../world.ts';
import { ovsVlanInside, ovsVlanOutside } from './ovs-switch.ts';

/** A frame's VLAN on its way: 0 is untagged. */
export type Vlan = number;

const flag = (port: LinkNode, name: string, unless: boolean): boolean => {
  const value = port.facts.linkinfo?.info_slave_data?.[name];
  return typeof value === 'boolean' ? value : unless;
};

/** flood: unicast to unknown addresses; bcast_flood: broadcast; mcast_flood: multicast. */
export const floods = (port: LinkNode, frames: 'flood' | 'bcast_flood' | 'mcast_flood'): boolean =>
  flag(port, frames, true);
/** Only frames from MACs that the fdb has on this port may come in. */
export const isLocked = (port: LinkNode): boolean => flag(port, 'locked', false);

const enabled = (value: unknown): boolean => value === 1 || value === true || value === '1';
export const filtersVlans = (bridge: LinkNode): boolean =>
  enabled(bridge.facts.linkinfo?.info_data?.['vlan_filtering']);

interface Membership {
  readonly pvid?: Vlan;
  has(vlan: Vlan): { readonly untagged: boolean } | undefined;
}

/** Memberships of a port, or of the bridge itself. undefined: not read. */
const membership = (world: World, link: LinkNode): Membership | undefined => {
  const entries = world.view(link.netns).node.facts.vlans;
  if (entries === undefined) return undefined;
  const vlans = entries.filter((entry) => entry.ifname === link.facts.ifname).flatMap((entry) => entry.vlans);
  const pvid = vlans.find((entry) => entry.flags?.includes('PVID'))?.vlan;
  return {
    ...(pvid !== undefined && { pvid }),
    has: (vlan) => {
      const entry = vlans.find((one) => vlan >= one.vlan && vlan <= (one.vlanEnd ?? one.vlan));
      return entry && { untagged: entry.flags?.includes('Egress Untagged') ?? false };
    },
  };
};

export type VlanAnswer = { readonly vlan: Vlan } | { readonly refused: string };

/** VLAN of a frame inside the bridge, once it came in by `link` (a port, or the bridge's own side). */
export const vlanInside = (world: World, bridge: LinkNode, link: LinkNode, vlan: Vlan): VlanAnswer => {
  if (bridge.ovsBridge !== undefined) return ovsVlanInside(bridge, link, vlan);
  if (!filtersVlans(bridge)) return { vlan };
  const members = membership(world, link);
  if (members === undefined) return { refused: `the VLANs of ${link.facts.ifname} were not read` };
  const inside = vlan === 0 ? members.pvid : vlan;
  if (inside === undefined) return { refused: `${link.facts.ifname} has no VLAN for untagged frames (no PVID)` };
  return members.has(inside) ? { vlan: inside } : { refused: `${link.facts.ifname} is not a member of VLAN ${inside}` };
};

/** VLAN tag on the frame as it leaves by `link`. */
export const vlanOutside = (world: World, bridge: LinkNode, link: LinkNode, inside: Vlan): VlanAnswer => {
  if (bridge.ovsBridge !== undefined) return ovsVlanOutside(bridge, link, inside);
  if (!filtersVlans(bridge)) return { vlan: inside };
  const member = membership(world, link)?.has(inside);
  if (member === undefined) return { refused: `${link.facts.ifname} is not a member of VLAN ${inside}` };
  return { vlan: member.untagged ? 0 : inside };
};

/** Open vSwitch switches on while the host's own side of a bridge is down. */
const isDown = (bridge: LinkNode): boolean => bridge.state === 'down' && bridge.ovsBridge === undefined;

/** Nobody wrote down whether this port forwards (`ip link` without -d). */
export const isStateUnread = (port: LinkNode): boolean => (port.bridgePort?.state ?? 'unknown') === 'unknown';

/** Why nothing comes in by this port; undefined: it does, or nobody knows. */
export const refusesIngress = (bridge: LinkNode, port: LinkNode): string | undefined => {
  if (isDown(bridge)) return `bridge ${bridge.facts.ifname} is down`;
  if (port.state === 'down') return `port ${port.facts.ifname} is down`;
  if (isStateUnread(port) || port.bridgePort?.state === 'forwarding') return undefined;
  return `port ${port.facts.ifname} is ${port.bridgePort?.state}`;
};

/** Why a frame that came in by `from` (undefined: from the bridge itself) does not go out by `port`; undefined: it does, or nobody knows. */
export const refusesEgress = (bridge: LinkNode, from: LinkNode | undefined, port: LinkNode): string | undefined => {
  if (isDown(bridge)) return `bridge ${bridge.facts.ifname} is down`;
  if (port.state === 'down') return `port ${port.facts.ifname} is down`;
  if (!isStateUnread(port) && port.bridgePort?.state !== 'forwarding')
    return `port ${port.facts.ifname} is ${port.bridgePort?.state}`;
  if (from?.id === port.id && !port.bridgePort?.hairpin) return `port ${port.facts.ifname} is not in hairpin mode`;
  if (from?.bridgePort?.isolated && port.bridgePort?.isolated) {
    return `ports ${from.facts.ifname} and ${port.facts.ifname} are both isolated`;
  }
  return undefined;
};
