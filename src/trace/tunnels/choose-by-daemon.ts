/** Where flanneld or a Weave router sends what it is given: to the host whose lease has the address, to the router behind which the MAC is. */
import type { Flight } from '../flight.ts';
import type { World } from '../world.ts';
import type { RemoteChoice } from './choose-remote.ts';
import { isBehind } from './choose-remote.ts';
import { daemonGone, findLease } from './daemon-peers.ts';
import { whatStopsAt } from './outer-passes.ts';
import { floodRemotes } from './remotes.ts';
import type { TunnelEnd } from './tunnel-ends.ts';
import { endsAt } from './tunnel-ends.ts';

/** flanneld sends to the host whose lease has the address, and tells the sender "unreachable" where it knows none (udp proxy). */
const chooseLease = (world: World, flight: Flight, end: TunnelEnd): RemoteChoice => {
  const { dst } = flight.packet;
  const name = `${end.tunnel.daemon!.name} of ${world.view(end.outer).node.name}`;
  const [peer, second] = findLease(world, end, flight.packet);
  const carries = `${name} carries it by udp ${end.tunnel.port} to the host whose lease has ${dst}`;
  if (peer === undefined) return { kind: 'unknown', why: `${carries}; no such host is in the picture` };
  const home = world.view(peer.end.outer).node.name;
  if (second !== undefined)
    return { kind: 'unknown', why: `${carries}; ${home} and ${world.view(second.end.outer).node.name} both have it` };
  if (peer.remote === undefined)
    return { kind: 'unknown', why: `${carries}, ${home}; which of its addresses flanneld was told cannot be seen` };
  return { kind: 'remote', remote: peer.remote, how: `${name} knows that the lease of ${home} has ${dst}` };
};

/** Where the fast datapath's packets do not get through, a Weave router goes over to sleeve by itself. */
const fallBack = (world: World, flight: Flight, end: TunnelEnd, choice: RemoteChoice): RemoteChoice => {
  const { alsoPort, port } = end.tunnel;
  if (choice.kind !== 'remote' || alsoPort === undefined || choice.remote.port !== port) return choice;
  const why = whatStopsAt(world, end, choice.remote, flight.packet.srcMac);
  if (why === undefined) return choice;
  const how = `${choice.how}; by sleeve, since the fast datapath (udp ${port}) does not get through: ${why}`;
  return { kind: 'remote', remote: { ...choice.remote, port: alsoPort }, how };
};

export const chooseByDaemon = (world: World, flight: Flight, end: TunnelEnd): RemoteChoice => {
  const gone = daemonGone(end.tunnel);
  if (gone !== undefined) return { kind: 'lost', why: `${gone} on ${world.view(end.outer).node.name}` };
  if (end.tunnel.layer === 3) return chooseLease(world, flight, end);
  const mac = flight.packet.dstMac ?? 'the MAC';
  const why = `${end.tunnel.daemon!.name} carries it by udp ${end.tunnel.port} to the router behind which it has seen ${mac}`;
  const known = floodRemotes(world, end.tunnel);
  if (known.length === 0)
    return { kind: 'unknown', why: `${why}; no such host, or no address of it, is in the picture` };
  const owner = known.find((remote) =>
    endsAt(world, end, remote.address).some(({ tunnel }) => isBehind(world, flight, tunnel.link)),
  );
  const remote = owner ?? (known.length === 1 && flight.packet.dstMac === undefined ? known[0] : undefined);
  if (remote === undefined) return { kind: 'unknown', why: `${why}; behind none of those in the picture it is found` };
  return fallBack(world, flight, end, { kind: 'remote', remote, how: remote.entry ?? '' });
};
