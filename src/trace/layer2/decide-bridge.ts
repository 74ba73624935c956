/** Where a bridge sends a unicast frame: up to its own netns, out by one port, or nowhere (br_handle_frame_finish, br_dev_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { FdbEntry } from '../../model/link.ts';
import type { World } from '../world.ts';
import { bridgeIndex } from './bridge-index.ts';
import type { Vlan } from './bridge-port.ts';
import {
  floods,
  isLocked,
  isStateUnread,
  refusesEgress,
  refusesIngress,
  vlanInside,
  vlanOutside,
} from './bridge-port.ts';
import { findCut } from './find-cut.ts';
import { ovsDoubt, ovsWaysOut } from './ovs-switch.ts';

export type BridgeDecision =
  | { readonly kind: 'up'; readonly vlan: Vlan; readonly why: string }
  | {
      readonly kind: 'port';
      readonly port: LinkNode;
      readonly vlan: Vlan;
      readonly why: string;
      readonly fdb?: FdbEntry;
    }
  | {
      readonly kind: 'dropped';
      readonly why: string;
      readonly fdb?: FdbEntry;
      readonly port?: LinkNode;
      readonly flooded?: readonly LinkNode[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

export interface BridgeFrame {
  readonly bridge: LinkNode;
  /** undefined: the bridge's own netns sends it. */
  readonly from: LinkNode | undefined;
  readonly srcMac: string | undefined;
  readonly dstMac: string;
  readonly vlan: Vlan;
}

const fdbOf = (world: World, frame: BridgeFrame, mac: string): readonly FdbEntry[] =>
  bridgeIndex(world, frame.bridge, 0).fdb.get(mac) ?? [];

const portOf = (world: World, frame: BridgeFrame, entry: FdbEntry): LinkNode | undefined =>
  bridgeIndex(world, frame.bridge, 0).portByName.get(entry.ifname);

const unread = (port: LinkNode): BridgeDecision => ({
  kind: 'unknown',
  why: `whether port ${port.facts.ifname} forwards was not written down`,
});

const outBy = (
  world: World,
  frame: BridgeFrame,
  port: LinkNode,
  inside: Vlan,
  why: string,
  fdb?: FdbEntry,
): BridgeDecision => {
  const refused = refusesEgress(frame.bridge, frame.from, port);
  if (refused !== undefined) return { kind: 'dropped', why: refused, port, ...(fdb && { fdb }) };
  const outside = vlanOutside(world, frame.bridge, port, inside);
  if ('refused' in outside) return { kind: 'dropped', why: outside.refused, port, ...(fdb && { fdb }) };
  if (isStateUnread(port)) return unread(port);
  return { kind: 'port', port, vlan: outside.vlan, why, ...(fdb && { fdb }) };
};

/** No entry decides: the bridge learns from answers, or floods; either way the frame gets where that MAC is. */
const byTopology = (world: World, frame: BridgeFrame, inside: Vlan): BridgeDecision => {
  const mac = frame.dstMac;
  const index = bridgeIndex(world, frame.bridge, inside);
  const behind = index.ports.get(mac) ?? [];
  const owners = behind.filter((port) => refusesEgress(frame.bridge, frame.from, port) === undefined);
  const learnt = fdbOf(world, frame, mac).find((entry) => entry.state === '');
  const known = learnt && portOf(world, frame, learnt);
  const owner = owners.find((port) => port.id === known?.id) ?? owners[0];
  if (owners.length > 1 && owner?.id !== known?.id) {
    return { kind: 'unknown', why: `${mac} is found behind ${owners.map((port) => port.facts.ifname).join(' and ')}` };
  }
  if (owner !== undefined) {
    const knows = owner.id === known?.id || owner.bridgePort?.learning || floods(owner, 'flood');
    if (knows)
      return outBy(
        world,
        frame,
        owner,
        inside,
        `${mac} is behind ${owner.facts.ifname}`,
        owner.id === known?.id ? learnt : undefined,
      );
    return { kind: 'dropped', why: `port ${owner.facts.ifname} neither learns nor floods`, port: owner };
  }
  return withoutOwner(world, frame, inside, behind[0], known, learnt);
};

/** The port whose far end has the MAC, though no frame gets there now. */
const findCutPort = (
  world: World,
  bridge: LinkNode,
  mac: string,
): { readonly why: string; readonly port: LinkNode } | undefined => {
  for (const id of bridge.ports) {
    const port = world.link(id);
    if (port.peer?.certainty !== 'exact') continue;
    const end = world.link(port.peer.to);
    const cut = end.facts.address === mac ? findCut(world, end) : undefined;
    if (cut !== undefined) return { why: `${mac} is ${world.view(end.netns).node.name}'s, but ${cut}`, port };
  }
  return undefined;
};

const withoutOwner = (
  world: World,
  frame: BridgeFrame,
  inside: Vlan,
  behind: LinkNode | undefined,
  known: LinkNode | undefined,
  learnt: FdbEntry | undefined,
): BridgeDecision => {
  const mac = frame.dstMac;
  const refused = behind && refusesEgress(frame.bridge, frame.from, behind);
  if (behind !== undefined && refused !== undefined) return { kind: 'dropped', why: refused, port: behind };
  const wires = bridgeIndex(world, frame.bridge, inside).wires.filter(
    (port) => refusesEgress(frame.bridge, frame.from, port) === undefined,
  );
  const wire = wires.find((port) => port.id === known?.id) ?? wires[0];
  if (wire !== undefined)
    return outBy(
      world,
      frame,
      wire,
      inside,
      `${mac} is not in the picture; ${wire.facts.ifname} leads out of it`,
      learnt,
    );
  const [out] = frame.bridge.ovsBridge === undefined ? [] : ovsWaysOut(frame.bridge.ovsBridge, inside);
  if (out !== undefined)
    return { kind: 'unknown', why: `port ${out} leads out of the picture, and ${mac} may be there` };
  const flooded = frame.bridge.ports
    .map((id) => world.link(id))
    .filter((port) => floods(port, 'flood') && refusesEgress(frame.bridge, frame.from, port) === undefined);
  const cut = findCutPort(world, frame.bridge, mac);
  if (cut !== undefined) return { kind: 'dropped', ...cut, flooded };
  return { kind: 'dropped', why: `no port of ${frame.bridge.facts.ifname} leads to ${mac}`, flooded };
};

/** Entries a person or a program has set, and the bridge's own addresses, decide before anything learnt. */
export const decideBridge = (world: World, frame: BridgeFrame): BridgeDecision => {
  const { bridge, from, dstMac } = frame;
  const doubt = bridge.ovsBridge && ovsDoubt(bridge.ovsBridge);
  if (doubt !== undefined) return { kind: 'unknown', why: doubt };
  const refused = from && refusesIngress(bridge, from);
  if (refused !== undefined) return { kind: 'dropped', why: refused, port: from! };
  if (from !== undefined && isStateUnread(from)) return unread(from);
  const inside = vlanInside(world, bridge, from ?? bridge, frame.vlan);
  if ('refused' in inside) return { kind: 'dropped', why: inside.refused };
  if (from !== undefined && isLocked(from)) {
    const allowed = fdbOf(world, frame, frame.srcMac ?? '').some((entry) => entry.ifname === from.facts.ifname);
    if (!allowed)
      return {
        kind: 'dropped',
        why: `port ${from.facts.ifname} is locked and ${frame.srcMac} is not in its fdb`,
        port: from,
      };
  }
  const entries = fdbOf(world, frame, dstMac).filter(
    (entry) => !entry.vlan || inside.vlan === 0 || entry.vlan === inside.vlan,
  );
  const own = entries.find((entry) => entry.state === 'permanent');
  // There is one entry for an address: a static one to a port stands in place of the bridge's own.
  const taken = entries.some((entry) => entry.state === 'static' && (entry.vlan ?? 0) === inside.vlan);
  if (from !== undefined && !taken && (dstMac === bridge.facts.address || own !== undefined)) {
    const up = vlanOutside(world, bridge, bridge, inside.vlan);
    if ('refused' in up) return { kind: 'dropped', why: up.refused };
    return { kind: 'up', vlan: up.vlan, why: `${dstMac} is the bridge's own address` };
  }
  const fixed = entries.find((entry) => entry.state === 'static');
  const port = fixed && portOf(world, frame, fixed);
  if (port !== undefined)
    return outBy(world, frame, port, inside.vlan, `static fdb entry ${dstMac} dev ${port.facts.ifname}`, fixed);
  return byTopology(world, frame, inside.vlan);
};
