/** Was it the end that was asked for? An address says nothing where two hosts use one subnet: whoever has it near by takes the packet. */
import type { NetnsNode } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import { formatAddress, parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import type { Arrival, Next } from './flight.ts';
import { end } from './journal.ts';
import { floodFrom } from './layer2/flood.ts';
import type { ConnectionTrace } from './trace-connection.ts';
import type { World } from './world.ts';

/** `10.244.1.0/24` of the link by which this netns has the address, or would look for it. */
const subnetAt = (world: World, netns: NetnsId, address: string): string | undefined => {
  const asked = parseAddress(address);
  for (const info of world.view(netns).links.flatMap((link) => link.addresses)) {
    const network = parsePrefix(`${info.local}/${info.prefixlen}`);
    if (network === undefined || asked === undefined || info.scope === 'host' || info.prefixlen === 0) continue;
    if (prefixContains(network, asked)) return `${formatAddress(network)}/${network.length}`;
  }
  return undefined;
};

/** An overlay is one network on purpose, whether its packets pass now or not. */
const isOneNetwork = (world: World, from: NetnsNode, to: NetnsNode): boolean =>
  from.links.some((id) => floodFrom(world, world.link(id), 'unicast').byNetns.has(to.id));

/** `node-a and node-b both use 172.17.0.0/16`: why one address means two ends. */
const explainOverlap = (world: World, from: NetnsNode, to: NetnsNode, address: string): string => {
  const subnet = subnetAt(world, to.id, address);
  if (isOneNetwork(world, from, to)) return '';
  if (subnet === undefined || subnet !== subnetAt(world, from.id, address)) return '';
  const [here, there] = from.host === to.host ? [from.name, to.name] : [from.host, to.host];
  return `; ${here} and ${there} both use ${subnet}, and nothing from ${from.name} to ${address} gets to ${to.name}`;
};

const ended = (next: Next): Arrival => {
  if (next.kind !== 'end') throw new Error('an ending that goes on');
  return next.arrival;
};

const hasAddress = (world: World, netns: NetnsId, address: string): boolean =>
  world.view(netns).links.some((link) => link.addresses.some(({ local }) => local === address));

/** A rule that changes the destination, or a proxy that asks another, means what it does; here the packet came to somebody else as it was sent. */
const isStray = (world: World, { flight, outcome, leftBy }: Arrival, meant: NetnsId): boolean =>
  (outcome === 'delivered' || outcome === 'no-listener') &&
  leftBy === undefined &&
  flight.netns !== meant &&
  flight.packet.dst === flight.sent?.dst &&
  hasAddress(world, meant, flight.packet.dst);

const judge = (world: World, request: Arrival, asker: NetnsId, meant: NetnsId): Arrival | undefined => {
  const { flight, outcome } = request;
  const { dst } = flight.packet;
  const from = world.view(asker).node;
  const to = world.view(meant).node;
  const overlap = explainOverlap(world, from, to, dst);
  if (isStray(world, request, meant)) {
    const taker = world.view(flight.netns).node;
    const text =
      taker.id === from.id
        ? `${dst} is ${from.name}'s own address too: the packet never leaves it`
        : `${dst} is an address of ${taker.name} too, and ${taker.name} gets the packet, not ${to.name}`;
    const before = { ...flight, journal: outcome === 'no-listener' ? flight.journal?.before : flight.journal };
    const evidence = { fact: `${dst} is an address of ${taker.name} and of ${to.name}`, source: 'ip addr' };
    return ended(end(world, before, 'no-route', { kind: 'route', text: `${text}${overlap}`, evidence }));
  }
  if (outcome !== 'no-neighbour' || overlap === '' || flight.netns !== asker || from.host === to.host) return undefined;
  const { step, before } = flight.journal!;
  const told = { kind: step.kind, text: `${step.text}${overlap}`, evidence: step.evidence };
  return ended(end(world, { ...flight, journal: before }, outcome, told));
};

/** `meant`: the netns that was asked for by name, not by address. */
export const heedMeant = (
  world: World,
  connection: ConnectionTrace,
  asker: NetnsId,
  meant: NetnsId | undefined,
): ConnectionTrace => {
  const other = meant === undefined ? undefined : judge(world, connection.request, asker, meant);
  return other === undefined ? connection : { request: other };
};
