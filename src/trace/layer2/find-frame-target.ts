/** Which link a unicast frame reaches when no rule stands in its way: used for the answers of ARP and neighbour discovery. */
import { isBridge, type LinkNode } from '../../graph/graph.ts';
import { tunnelOf } from '../tunnels/tunnel.ts';
import { tunnelFrames } from '../tunnels/tunnel-frames.ts';
import { joinedWires } from '../underlay/joined-wires.ts';
import type { World } from '../world.ts';
import type { Vlan } from './bridge-port.ts';
import { decideBridge } from './decide-bridge.ts';
import { macvlanMode } from './macvlan.ts';

export type FrameTarget =
  | { readonly kind: 'link'; readonly link: LinkNode }
  | { readonly kind: 'beyond'; readonly link: LinkNode }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What sits on a link as a tunnel gets packets from it, not frames. */
const isTunnel = (link: LinkNode): boolean => tunnelOf(link) !== undefined;

export interface Frame {
  readonly srcMac: string | undefined;
  readonly dstMac: string;
  readonly vlan: Vlan;
}

const lost = (why: string): FrameTarget => ({ kind: 'lost', why });
const beyond = (link: LinkNode): FrameTarget => ({ kind: 'beyond', link });

const cross = (
  world: World,
  bridge: LinkNode,
  from: LinkNode | undefined,
  frame: Frame,
  budget: number,
): FrameTarget => {
  const decision = decideBridge(world, { bridge, from, ...frame });
  switch (decision.kind) {
    case 'up':
      return acceptAt(world, bridge, { ...frame, vlan: decision.vlan }, budget, true);
    case 'port':
      return sendFrom(world, decision.port, { ...frame, vlan: decision.vlan }, budget - 1);
    case 'dropped':
      return lost(decision.why);
    case 'unknown':
      return decision;
  }
};

/** A link that is no port: its own netns, or what sits on it. */
const acceptAt = (world: World, link: LinkNode, frame: Frame, budget: number, mine = false): FrameTarget => {
  for (const id of link.upperLinks) {
    const upper = world.link(id);
    const fits = upper.kind === 'vlan' ? upper.facts.linkinfo?.info_data?.['id'] === frame.vlan : frame.vlan === 0;
    const takes = upper.kind !== 'ipvlan' && !isTunnel(upper);
    if (upper.state !== 'down' && fits && upper.facts.address === frame.dstMac && takes) {
      return comeIn(world, upper, { ...frame, vlan: 0 }, budget);
    }
  }
  if (frame.vlan !== 0) return lost(`nobody on ${link.facts.ifname} takes VLAN ${frame.vlan}`);
  return mine || link.facts.address === frame.dstMac
    ? { kind: 'link', link }
    : lost(`${link.facts.ifname} does not own ${frame.dstMac}`);
};

/** The frame comes in by `link`. */
export const comeIn = (world: World, link: LinkNode, frame: Frame, budget: number): FrameTarget => {
  if (link.state === 'down') return lost(`${link.facts.ifname} is down`);
  const master = link.master === undefined ? undefined : world.link(link.master);
  if (master !== undefined && isBridge(master)) return cross(world, master, link, frame, budget);
  return master === undefined ? acceptAt(world, link, frame, budget) : beyond(link);
};

const siblingOf = (world: World, link: LinkNode, parent: LinkNode, mac: string): LinkNode | undefined =>
  macvlanMode(link) !== 'bridge'
    ? undefined
    : parent.upperLinks
        .map((id) => world.link(id))
        .find(
          (other) =>
            other.id !== link.id &&
            other.kind === link.kind &&
            other.facts.address === mac &&
            macvlanMode(other) === 'bridge',
        );

/** Out of sight, unless another host hears it on the same wire. */
const overWire = (world: World, link: LinkNode, frame: Frame, budget: number): FrameTarget => {
  for (const joint of joinedWires(world, link)) {
    const target = comeIn(world, joint.link, frame, budget - 1);
    if (target.kind === 'link') return target;
  }
  return beyond(link);
};

const throughTunnel = (world: World, link: LinkNode, frame: Frame, budget: number): FrameTarget => {
  const carried = tunnelFrames(world, link, frame.dstMac, { mac: frame.srcMac });
  for (const end of carried.ends) {
    const target = comeIn(world, end, frame, budget - 1);
    if (target.kind === 'link') return target;
  }
  if (carried.stopped[0] !== undefined) return lost(carried.stopped[0]);
  return carried.beyond === undefined
    ? lost(`${link.facts.ifname} has no forwarding entry that leads to ${frame.dstMac}`)
    : beyond(link);
};

/** The frame leaves by `link`. */
export const sendFrom = (world: World, link: LinkNode, frame: Frame, budget = 32): FrameTarget => {
  if (budget <= 0) return lost('the frame goes round in circles');
  if (link.state === 'down' || link.state === 'no-carrier') return lost(`${link.facts.ifname} is ${link.state}`);
  if (link.ovsBridge !== undefined) return cross(world, link, undefined, frame, budget);
  switch (link.kind) {
    case 'veth':
      return link.peer?.certainty === 'exact'
        ? comeIn(world, world.link(link.peer.to), frame, budget - 1)
        : overWire(world, link, frame, budget);
    case 'bridge':
      return cross(world, link, undefined, frame, budget);
    case 'macvlan':
    case 'macvtap':
    case 'ipvlan': {
      if (link.lowerLink?.certainty !== 'exact') return beyond(link);
      const parent = world.link(link.lowerLink.to);
      const sibling = siblingOf(world, link, parent, frame.dstMac);
      return sibling ? comeIn(world, sibling, frame, budget - 1) : sendFrom(world, parent, frame, budget - 1);
    }
    case 'vlan': {
      if (link.lowerLink?.certainty !== 'exact') return beyond(link);
      const vlan = Number(link.facts.linkinfo?.info_data?.['id']);
      return sendFrom(world, world.link(link.lowerLink.to), { ...frame, vlan }, budget - 1);
    }
    case 'dummy':
      return lost(`${link.facts.ifname} is a dummy link`);
    case 'vxlan':
    case 'geneve':
    case 'gretap':
    case 'weave':
      return throughTunnel(world, link, frame, budget);
    default:
      return overWire(world, link, frame, budget);
  }
};
