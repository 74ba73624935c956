/** The links by which hosts are plugged into something we cannot see, and what is heard on each of them. */
import type { LinkNode } from '../../graph/graph.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';

const kinds: ReadonlySet<string> = new Set(['physical', 'bond', 'team']);
const aggregates: ReadonlySet<string> = new Set(['bond', 'team']);

/** A veth of the host's own netns whose other end lies outside can be the uplink of a host that is itself a container. */
export const isWire = (world: World, link: LinkNode): boolean => {
  const { facts } = world.view(link.netns).node;
  if (link.kind === 'veth') return facts.isHost && link.peer?.certainty !== 'exact';
  const master = link.master === undefined ? undefined : world.link(link.master);
  return kinds.has(link.kind) && !aggregates.has(master?.kind ?? '');
};

/** In a bridge it may as well lead to a container that nobody sees: addresses alone say nothing. */
export const needsProof = (link: LinkNode): boolean => link.kind === 'veth' && link.master !== undefined;

/** An address that frames on a wire are for or from. */
export interface Voice {
  readonly link: LinkNode;
  readonly family: 4 | 6;
  readonly address: string;
  readonly length: number;
  readonly vlan: number;
}

const voicesOfLink = (link: LinkNode, vlan: number): readonly Voice[] =>
  link.addresses
    .filter((info) => info.scope === 'global')
    .map((info) => ({
      link,
      family: info.family === 'inet' ? 4 : 6,
      address: info.local,
      length: info.prefixlen,
      vlan,
    }));

const stacked: ReadonlySet<string> = new Set(['macvlan', 'macvtap', 'ipvlan', 'vlan']);

const voicesAbove = (world: World, link: LinkNode, vlan: number): readonly Voice[] => [
  ...voicesOfLink(link, vlan),
  ...link.upperLinks
    .map((id) => world.link(id))
    .filter((upper) => stacked.has(upper.kind))
    .flatMap((upper) =>
      voicesAbove(world, upper, upper.kind === 'vlan' ? Number(upper.facts.linkinfo?.info_data?.['id']) : vlan),
    ),
];

/** A bridge the wire is a port of, and who is plugged into that bridge. */
const voicesOnBridge = (world: World, wire: LinkNode): readonly Voice[] => {
  const bridge = wire.master === undefined ? undefined : world.link(wire.master);
  if (bridge?.kind !== 'bridge') return [];
  const ends = bridge.ports.flatMap((id) => {
    const { peer } = world.link(id);
    return peer?.certainty === 'exact' ? [world.link(peer.to)] : [];
  });
  return [...voicesAbove(world, bridge, 0), ...ends.flatMap((end) => voicesOfLink(end, 0))];
};

export const voicesOn = (world: World, wire: LinkNode): readonly Voice[] =>
  remember(world.memo, `voices ${wire.id}`, () => [...voicesAbove(world, wire, 0), ...voicesOnBridge(world, wire)]);

export const allWires = (world: World): readonly LinkNode[] =>
  remember(world.memo, 'wires', () => [...world.graph.links.values()].filter((link) => isWire(world, link)));
