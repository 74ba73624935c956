/** Whether a packet, a drop or a connection belongs to the flow that is watched, and which way it goes. */
import type { SeenPacket } from './live-order.ts';
import type { ConnectionEvent, DropEvent, FlowOrder, FlowTuple } from './watch-order.ts';

export const mirrored = ({ family, proto, src, dst, sport, dport }: FlowTuple): FlowTuple => ({
  family,
  ...(proto === undefined ? {} : { proto }),
  ...(dst === undefined ? {} : { src: dst }),
  ...(src === undefined ? {} : { dst: src }),
  ...(dport === undefined ? {} : { sport: dport }),
  ...(sport === undefined ? {} : { dport: sport }),
});

const same = (wanted: string | number | undefined, found: string | number | undefined): boolean =>
  wanted === undefined || found === undefined || wanted === found;

/** A fragment without ports counts as one of the flow. */
const isTuple = (tuple: FlowTuple, packet: FlowTuple | SeenPacket): boolean =>
  tuple.family === packet.family &&
  same(tuple.proto, packet.proto) &&
  same(tuple.src, packet.src) &&
  same(tuple.dst, packet.dst) &&
  same(tuple.sport, packet.sport) &&
  same(tuple.dport, packet.dport);

/** From the asker, or to it. */
export const directionIn = (flow: FlowOrder, packet: FlowTuple | SeenPacket): 'request' | 'reply' | undefined => {
  if (flow.tuples.some((tuple) => isTuple(tuple, packet))) return 'request';
  return flow.tuples.some((tuple) => isTuple(mirrored(tuple), packet)) ? 'reply' : undefined;
};

export const isOfFlow = (flow: FlowOrder, packet: FlowTuple | SeenPacket): boolean =>
  directionIn(flow, packet) !== undefined;

export const dropIsOfFlow = (flow: FlowOrder, { packet, about, arp }: DropEvent): boolean =>
  (packet !== undefined && isOfFlow(flow, packet)) ||
  (about !== undefined && isOfFlow(flow, about)) ||
  (arp !== undefined && flow.neighbours.includes(arp.target) && flow.neighbours.includes(arp.asks));

export const connectionIsOfFlow = (flow: FlowOrder, { original, reply }: ConnectionEvent): boolean =>
  isOfFlow(flow, original) || isOfFlow(flow, reply);
