/** What can be said of packets at the edge of the picture: a wire's other side that we cannot see. */
import type { LinkNode } from '../graph/graph.ts';
import type { Flight, Next } from './flight.ts';
import { note } from './journal.ts';
import { answersNeighbour } from './layer2/answers-neighbour.ts';
import { floodInto } from './layer2/flood.ts';
import { comeIn } from './stages/come-in.ts';
import type { World } from './world.ts';

/** Who would answer a question for `target` that came in over this wire? */
export const answererBehind = (
  world: World,
  wire: LinkNode,
  target: string,
  asker: string,
  family: 4 | 6,
): LinkNode | undefined =>
  floodInto(world, wire, family === 4 ? 'broadcast' : 'multicast').receivers.find(
    (link) => answersNeighbour(world, link, { family, target, sender: asker }).kind === 'answers',
  );

/** A packet comes in over a wire: to whoever owns its destination there, else to the link's own netns, as to a router. */
export const arriveFrom = (world: World, flight: Flight, wire: LinkNode, text: string): Next => {
  const { packet } = flight;
  const owner = answererBehind(world, wire, packet.dst, packet.src, packet.family);
  const bridge = wire.master === undefined ? undefined : world.link(wire.master);
  const dstMac = owner?.facts.address ?? bridge?.facts.address ?? wire.facts.address;
  const { srcMac: _src, dstMac: _dst, ...bare } = packet;
  const arriving: Flight = {
    ...flight,
    netns: wire.netns,
    local: false,
    packet: { ...bare, ...(dstMac !== undefined && { dstMac }) },
  };
  return comeIn(
    world,
    note(world, arriving, { kind: 'origin', verdict: 'pass', text, evidence: {}, link: wire.id }),
    wire,
  );
};
