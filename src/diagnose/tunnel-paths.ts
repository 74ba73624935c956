/** Tunnels of a host and the other ends they know of: does what they send get in there, as far as those are in the picture? */
import type { NetnsNode } from '../graph/graph.ts';
import { buildWorld } from '../trace/build-world.ts';
import type { Arrival } from '../trace/flight.ts';
import { isLocalAddress } from '../trace/routing/lookup-route.ts';
import { flyOuter } from '../trace/tunnels/outer-passes.ts';
import { floodRemotes, macsBehind, type Remote, remotesOf } from '../trace/tunnels/remotes.ts';
import { allTunnels, isMulticast, type TunnelEnd } from '../trace/tunnels/tunnel-ends.ts';
import type { World } from '../trace/world.ts';
import type { HostView } from './host-view.ts';

export interface TunnelPath {
  readonly end: TunnelEnd;
  readonly remote: Remote;
  /** The netns on another host that has the remote's address. */
  readonly to: NetnsNode;
  readonly arrival: Arrival;
}

/** Next hops of routes that lead into the tunnel: its other ends, where it has no fixed one. */
const nextHops = (world: World, { tunnel }: TunnelEnd): readonly Remote[] =>
  (world.view(tunnel.link.netns).node.facts.routes ?? [])
    .filter((route) => route.dev === tunnel.link.facts.ifname && route.gateway !== undefined)
    .map((route) => ({ address: route.gateway! }));

/** Every other end this one knows of, each address once. */
export function remotesKnown(world: World, end: TunnelEnd): readonly Remote[] {
  const { tunnel } = end;
  const fixed = tunnel.remote === undefined ? [] : [{ address: tunnel.remote }];
  const all =
    tunnel.layer === 2
      ? [
          ...[...macsBehind(world, tunnel)].flatMap((mac) => remotesOf(world, tunnel, mac)),
          ...floodRemotes(world, tunnel),
        ]
      : [...fixed, ...(fixed.length > 0 ? [] : [...nextHops(world, end), ...floodRemotes(world, tunnel)])];
  const usable = all.filter(({ address }) => address !== '' && !isMulticast(address));
  return [...new Map(usable.map((remote) => [remote.address, remote])).values()];
}

/** Tunnels whose outer packets this host sends. */
export const tunnelsOf = (view: HostView): readonly TunnelEnd[] =>
  allTunnels(buildWorld(view.graph)).filter(({ outer }) => view.netnsOf(outer)?.host === view.id);

/** What tells how a tunnel is set up: `ip -d link (node-a)`. */
export const settingsOf = (view: HostView, { tunnel, outer }: TunnelEnd): string => {
  const tool = tunnel.switch !== undefined ? 'ovs-vsctl show' : tunnel.daemon !== undefined ? 'ss -uanp' : 'ip -d link';
  return `${tool} (${view.netnsOf(tunnel.link.netns)?.name ?? view.netnsOf(outer)?.name ?? view.id})`;
};

/** The way that is taken: where a router of Weave falls back to another port, by that one. */
const flyTo = (world: World, end: TunnelEnd, remote: Remote): Arrival => {
  const { alsoPort, port } = end.tunnel;
  const first = flyOuter(world, end, remote, undefined);
  if (first.outcome === 'delivered' || alsoPort === undefined || remote.port !== port) return first;
  return flyOuter(world, end, { ...remote, port: alsoPort }, undefined);
};

/** undefined: nobody in the picture has the address, or several do. */
export function ownerOn(view: HostView, address: string): NetnsNode | undefined {
  const world = buildWorld(view.graph);
  const owners = [...view.graph.netns.values()].filter(
    (node) => node.host !== view.id && node.facts.isHost && isLocalAddress(world.view(node.id), address),
  );
  return owners.length === 1 ? owners[0] : undefined;
}

const known = new WeakMap<HostView, readonly TunnelPath[]>();

/** With one host there is nobody to compare with: none. */
export function tunnelPaths(view: HostView): readonly TunnelPath[] {
  if (view.graph.hosts.size < 2) return [];
  const remembered = known.get(view);
  if (remembered !== undefined) return remembered;
  const world = buildWorld(view.graph);
  const paths = tunnelsOf(view)
    .filter(({ tunnel }) => !tunnel.external && tunnel.link.state !== 'down')
    .flatMap((end) =>
      remotesKnown(world, end).flatMap((remote) => {
        const to = ownerOn(view, remote.address);
        return to === undefined ? [] : [{ end, remote, to, arrival: flyTo(world, end, remote) }];
      }),
    );
  known.set(view, paths);
  return paths;
}
