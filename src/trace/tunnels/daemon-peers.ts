/** Where a program that carries packets between hosts sends them: the same program of the other hosts in the picture. */
import type { Packet } from '../../model/packet.ts';
import { lookupRoute } from '../routing/lookup-route.ts';
import { joinedWires } from '../underlay/joined-wires.ts';
import { allWires, voicesOn } from '../underlay/wires.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import type { Remote } from './remotes.ts';
import type { Tunnel } from './tunnel.ts';
import { outerNetns } from './tunnel.ts';
import type { TunnelEnd } from './tunnel-ends.ts';
import { allTunnels } from './tunnel-ends.ts';

export interface DaemonPeer {
  readonly end: TunnelEnd;
  /** Absent: which of its addresses it is reached by cannot be told. */
  readonly remote?: Remote;
}

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** The addresses its host has on wires, those on a wire of ours first; only one leaves no doubt. */
const addressOf = (world: World, from: TunnelEnd, to: TunnelEnd): string | undefined => {
  const wiresOf = ({ outer }: TunnelEnd) => allWires(world).filter((wire) => wire.netns === outer);
  const addresses = wiresOf(to).map((wire) => ({
    wire,
    own: voicesOn(world, wire).filter((voice) => voice.link.netns === to.outer && voice.family === 4),
  }));
  const near = new Set(wiresOf(from).flatMap((wire) => joinedWires(world, wire).map(({ link }) => link.id)));
  const joined = addresses.filter(({ wire }) => near.has(wire.id)).flatMap(({ own }) => own);
  const all = joined.length > 0 ? joined : addresses.flatMap(({ own }) => own);
  return all.length === 1 ? all[0]!.address : undefined;
};

const remoteOf = (world: World, from: TunnelEnd, to: TunnelEnd): Remote | undefined => {
  const { socket } = to.tunnel.daemon!;
  const bound = typeof socket === 'object' && !isWildcard(socket.local) ? socket.local : undefined;
  const address = bound ?? addressOf(world, from, to);
  if (address === undefined) return undefined;
  // Both must have the fast way; else they meet on the one that every router speaks.
  const same = from.tunnel.port === to.tunnel.port;
  const port = same ? to.tunnel.port : (to.tunnel.alsoPort ?? to.tunnel.port);
  const entry = `${to.tunnel.daemon!.name} of ${world.view(to.outer).node.name} at ${address}`;
  return { address, ...(port !== undefined && { port }), entry };
};

/** Every other host in the picture that takes part. */
export const daemonPeers = (world: World, from: TunnelEnd): readonly DaemonPeer[] =>
  remember(world.memo, `daemon peers ${from.tunnel.link.id}`, () =>
    allTunnels(world)
      .filter(({ tunnel, outer }) => tunnel.daemon?.system === from.tunnel.daemon?.system && outer !== from.outer)
      .map((end) => {
        const remote = remoteOf(world, from, end);
        return remote === undefined ? { end } : { end, remote };
      }),
  );

/** The host whose lease has the address: it alone sends what is for it elsewhere than into the tunnel (flannel's backend/udp/proxy.c). */
const hasLease = (world: World, { tunnel, outer }: TunnelEnd, dst: string): boolean => {
  const answer = lookupRoute(world.view(outer), { family: 4, dst, iif: 'lo', mark: 0, tos: 0 });
  if (answer.kind !== 'found') return false;
  return (
    answer.type === 'local' ||
    answer.hops.every((hop) => hop.dev !== tunnel.link.facts.ifname && hop.gateway === undefined)
  );
};

export const findLease = (world: World, from: TunnelEnd, { dst }: Packet): readonly DaemonPeer[] =>
  daemonPeers(world, from).filter(({ end }) => hasLease(world, end, dst));

/** Why nobody carries anything; undefined: somebody does, or nobody can tell. */
export const daemonGone = (tunnel: Tunnel): string | undefined =>
  tunnel.daemon !== undefined && tunnel.daemon.socket === undefined
    ? `${tunnel.daemon.name} does not run: nobody has udp ${tunnel.port} open`
    : undefined;

/** Those of whom it is known where they are. */
export const daemonRemotes = (world: World, tunnel: Tunnel): readonly Remote[] => {
  const outer = outerNetns(world, tunnel.link);
  if (outer === undefined) return [];
  return daemonPeers(world, { tunnel, outer }).flatMap(({ remote }) => remote ?? []);
};
