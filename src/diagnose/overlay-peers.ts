/** Who is behind the other ends of a tunnel, and what this end's tables say of them. */
import type { LinkNode, NetnsNode } from '../graph/graph.ts';
import { buildWorld } from '../trace/build-world.ts';
import { isLocalAddress } from '../trace/routing/lookup-route.ts';
import { answersItself, floodRemotes, learns, type Remote, remotesOf } from '../trace/tunnels/remotes.ts';
import { agrees, allTunnels, type TunnelEnd } from '../trace/tunnels/tunnel-ends.ts';
import type { World } from '../trace/world.ts';
import type { HostView } from './host-view.ts';
import { remotesKnown, tunnelsOf } from './tunnel-paths.ts';

/** A MAC that lives behind the other host's end. */
export interface OverlayPeer {
  readonly here: TunnelEnd;
  readonly there: TunnelEnd;
  /** The netns that receives for the other end. */
  readonly home: NetnsNode;
  /** The link that has the MAC: a container's, or the tunnel's own where it is no bridge port. */
  readonly link: LinkNode;
  readonly mac: string;
  /** This end's entries for the MAC. */
  readonly entries: readonly Remote[];
  /** Found without an entry: learnt, or sent to everybody. */
  readonly found: boolean;
}

/** On the other side: containers on the tunnel's bridge, or the tunnel itself. */
const linksBehind = (world: World, { tunnel }: TunnelEnd): readonly LinkNode[] => {
  const { link } = tunnel;
  if (link.master === undefined) return [link];
  return world.link(link.master).ports.flatMap((id) => {
    const { peer } = world.link(id);
    const end = peer?.certainty === 'exact' ? world.link(peer.to) : undefined;
    return end === undefined || end.state === 'down' ? [] : [end];
  });
};

/** They take part in one overlay: one of the two sends to the other. Two networks may have one number by chance. */
const areTied = (world: World, a: TunnelEnd, b: TunnelEnd): boolean =>
  remotesKnown(world, a).some(({ address }) => isLocalAddress(world.view(b.outer), address)) ||
  remotesKnown(world, b).some(({ address }) => isLocalAddress(world.view(a.outer), address));

export const listOverlayPeers = (view: HostView): readonly OverlayPeer[] => {
  if (view.graph.hosts.size < 2) return [];
  const world = buildWorld(view.graph);
  return tunnelsOf(view)
    .filter(({ tunnel }) => tunnel.kind === 'vxlan' && !tunnel.external && tunnel.link.state !== 'down')
    .flatMap((here) =>
      allTunnels(world)
        .filter((there) => view.netnsOf(there.outer)?.host !== view.id && agrees(here.tunnel, there.tunnel))
        .filter((there) => areTied(world, here, there))
        .flatMap((there) =>
          linksBehind(world, there).flatMap((link) => {
            const home = view.netnsOf(there.outer);
            const mac = link.facts.address;
            if (home === undefined || mac === undefined) return [];
            const found =
              floodRemotes(world, here.tunnel).some(({ address }) => isLocalAddress(world.view(home.id), address)) ||
              (learns(here.tunnel) && !answersItself(here.tunnel));
            return { here, there, home, link, mac, entries: remotesOf(world, here.tunnel, mac), found };
          }),
        ),
    );
};
