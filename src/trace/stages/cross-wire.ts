/** A frame leaves a host: over the wire to another host that is in the picture, through routers to one, or out of sight. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { end, endUnknown, pass } from '../journal.ts';
import { comeIn as arriveBy } from '../layer2/find-frame-target.ts';
import { explainOtherSide } from '../tunnels/other-side.ts';
import type { Joint } from '../underlay/joined-wires.ts';
import { joinedWires } from '../underlay/joined-wires.ts';
import { findOwnerElsewhere } from '../underlay/owner-elsewhere.ts';
import type { World } from '../world.ts';
import { comeIn } from './come-in.ts';
import { moved } from './moved.ts';

const budget = 32;

const takes = (world: World, joint: Joint, flight: Flight): boolean => {
  const { srcMac, dstMac } = flight.packet;
  return (
    dstMac !== undefined && arriveBy(world, joint.link, { srcMac, dstMac, vlan: flight.vlan }, budget).kind === 'link'
  );
};

const across = (world: World, flight: Flight, link: LinkNode, to: LinkNode, how: string, fact: string): Next => {
  const text = `leaves by ${link.facts.ifname} and ${how} ${to.facts.ifname} of ${world.view(to.netns).node.name}`;
  const crossed = pass(world, flight, () => ({
    kind: 'wire',
    verdict: 'pass',
    text,
    evidence: { fact, source: 'underlay' },
    link: link.id,
  }));
  return go(() => comeIn(world, moved(crossed, to), to));
};

/** Nobody here sees routers; that they carry a packet to a host which has its address is all that can be said. */
const throughRouters = (world: World, flight: Flight, link: LinkNode, to: LinkNode): Next => {
  const mac = (to.master === undefined ? to : world.link(to.master)).facts.address;
  const { srcMac: _src, dstMac: _dst, ...bare } = flight.packet;
  const framed = { ...flight, packet: { ...bare, ...(mac !== undefined && { dstMac: mac }) } };
  const fact = `${flight.packet.dst} is an address of ${world.view(to.netns).node.name}; the routers between are not in the picture`;
  return across(world, framed, link, to, 'comes, through routers nobody here sees, to', fact);
};

/** `why`: the words for a packet that goes where nothing can be seen. */
export const crossWire = (world: World, flight: Flight, link: LinkNode, why: string): Next => {
  const joint = joinedWires(world, link).find((one) => takes(world, one, flight));
  if (joint !== undefined) return across(world, flight, link, joint.link, 'over the wire comes to', joint.why);
  const { dst } = flight.packet;
  const owner = findOwnerElsewhere(world, link, dst);
  if (owner?.kind === 'wire') return throughRouters(world, flight, link, owner.link);
  if (flight.inside !== undefined)
    return endUnknown(world, flight, 'wire', explainOtherSide(flight, link.facts.ifname));
  if (owner !== undefined) {
    const text = `${dst} is an address of ${owner.name}, but the packet leaves by ${link.facts.ifname}; whether it is sent there cannot be seen`;
    return endUnknown(world, flight, 'wire', text);
  }
  return end(
    world,
    flight,
    'delivered',
    { kind: 'wire', text: why, evidence: { fact: `${link.facts.ifname} (${link.kind})` }, link: link.id },
    { leftBy: link.id },
  );
};
