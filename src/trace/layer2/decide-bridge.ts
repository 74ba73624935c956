/** Where a bridge sends a unicast frame: up to its own netns, out by one port, or nowhere (br_handle_frame_finish, br_dev_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { FdbEntry } from '../../model/link.ts';
import type { World } from '../world.ts';
import type { Vlan } from './bridge-port.ts';
import { floods, isLocked, refusesEgress, refusesIngress, vlanInside, vlanOutside } from './bridge-port.ts';
import { floodFrom } from './flood.ts';

export type BridgeDecision =
  | { readonly kind: 'up'; readonly vlan: Vlan; readonly why: string }
  | {
      readonly kind: 'port';
      readonly port: LinkNode;
      readonly vlan: Vlan;
      readonly why: string;
      readonly fdb?: FdbEntry;
    }
  | { readonly kind: 'dropped'; readonly why: string; readonly fdb?: FdbEntry; readonly port?: LinkNode }
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
  (world.view(frame.bridge.netns).node.facts.fdb ?? []).filter(
    (entry) => entry.mac === mac && entry.master === frame.bridge.facts.ifname && !entry.flags?.includes('self'),
  );

const portOf = (world: World, frame: BridgeFrame, entry: FdbEntry): LinkNode | undefined =>
  frame.bridge.ports.map((id) => world.link(id)).find((port) => port.facts.ifname === entry.ifname);

const leadsTo = (world: World, port: LinkNode, mac: string, vlan: Vlan): boolean =>
  floodFrom(world, port, 'unicast', vlan).receivers.some((link) => link.facts.address === mac);

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
  return { kind: 'port', port, vlan: outside.vlan, why, ...(fdb && { fdb }) };
};

/** No entry decides: the bridge learns from answers, or floods; either way the frame gets where that MAC is. */
const byTopology = (world: World, frame: BridgeFrame, inside: Vlan): BridgeDecision => {
  const mac = frame.dstMac;
  const ports = frame.bridge.ports.map((id) => world.link(id));
  const open = ports.filter((port) => refusesEgress(frame.bridge, frame.from, port) === undefined);
  const owners = open.filter((port) => leadsTo(world, port, mac, outsideVlan(world, frame, port, inside)));
  const learnt = fdbOf(world, frame, mac).find((entry) => entry.state === '');
  const known = learnt && portOf(world, frame, learnt);
  const owner = owners.find((port) => port.id === known?.id) ?? owners[0];
  if (owners.length > 1 && owner?.id !== known?.id) {
    return { kind: 'unknown', why: `${mac} is found behind ${owners.map((port) => port.facts.ifname).join(' and ')}` };
  }
  if (owner !== undefined) {
    const knows = owner.bridgePort?.learning || floods(owner, 'flood');
    if (knows)
      return outBy(
        world,
        frame,
        owner,
        inside,
        `${mac} is behind ${owner.facts.ifname}`,
        owner === known ? learnt : undefined,
      );
    return { kind: 'dropped', why: `port ${owner.facts.ifname} neither learns nor floods`, port: owner };
  }
  return withoutOwner(world, frame, inside, ports, open, known, learnt);
};

const outsideVlan = (world: World, frame: BridgeFrame, port: LinkNode, inside: Vlan): Vlan => {
  const outside = vlanOutside(world, frame.bridge, port, inside);
  return 'vlan' in outside ? outside.vlan : inside;
};

const withoutOwner = (
  world: World,
  frame: BridgeFrame,
  inside: Vlan,
  ports: readonly LinkNode[],
  open: readonly LinkNode[],
  known: LinkNode | undefined,
  learnt: FdbEntry | undefined,
): BridgeDecision => {
  const mac = frame.dstMac;
  const behind = ports.find((port) => leadsTo(world, port, mac, outsideVlan(world, frame, port, inside)));
  const refused = behind && refusesEgress(frame.bridge, frame.from, behind);
  if (behind !== undefined && refused !== undefined) return { kind: 'dropped', why: refused, port: behind };
  const wires = open.filter((port) => floodFrom(world, port, 'unicast', inside).beyond.length > 0);
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
  return { kind: 'dropped', why: `no port of ${frame.bridge.facts.ifname} leads to ${mac}` };
};

/** Entries a person or a program has set, and the bridge's own addresses, decide before anything learnt. */
export const decideBridge = (world: World, frame: BridgeFrame): BridgeDecision => {
  const { bridge, from, dstMac } = frame;
  const refused = from && refusesIngress(bridge, from);
  if (refused !== undefined) return { kind: 'dropped', why: refused, port: from! };
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
  if (from !== undefined && (dstMac === bridge.facts.address || own !== undefined)) {
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
