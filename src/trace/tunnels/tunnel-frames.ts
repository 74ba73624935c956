/** Where frames that leave by a tunnel's link come in again, as far as it is in the picture (vxlan_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { World } from '../world.ts';
import type { Remote } from './remotes.ts';
import { answersItself, floodRemotes, learns, remotesOf, wereRead } from './remotes.ts';
import { outerNetns, tunnelOf } from './tunnel.ts';
import type { TunnelEnd } from './tunnel-ends.ts';
import { endsAt } from './tunnel-ends.ts';

interface Carried {
  readonly ends: readonly LinkNode[];
  /** Some of it goes where nothing can be seen: why. */
  readonly beyond?: string;
}

const nowhere: Carried = { ends: [] };

const carry = (world: World, end: TunnelEnd, remotes: readonly Remote[]): Carried => {
  const found = remotes.map((remote) => ({ remote, ends: endsAt(world, end, remote.address) }));
  const unseen = found.find(({ ends }) => ends.length === 0)?.remote.address;
  const ifname = end.tunnel.link.facts.ifname;
  return {
    ends: found.flatMap(({ ends }) => ends.map(({ tunnel }) => tunnel.link)),
    ...(unseen !== undefined && { beyond: `the other end of ${ifname} at ${unseen} is not in the picture` }),
  };
};

const endOf = (world: World, link: LinkNode): TunnelEnd | string => {
  const tunnel = tunnelOf(link);
  const { ifname } = link.facts;
  if (tunnel === undefined || tunnel.external) return `a program decides for each packet where ${ifname} sends it`;
  const outer = outerNetns(world, link);
  if (outer === undefined) return `the netns that ${ifname} sends from is not in the picture`;
  return wereRead(world, tunnel) ? { tunnel, outer } : `the forwarding entries of ${ifname} were not read`;
};

/** A frame for everybody, or for a MAC nobody knows. `asks`: it is a question for a neighbour. */
export const floodedEnds = (
  world: World,
  link: LinkNode,
  asks: boolean,
): Carried & { readonly answersItself: boolean } => {
  const end = endOf(world, link);
  if (typeof end === 'string') return { ends: [], beyond: end, answersItself: false };
  if (asks && answersItself(end.tunnel)) return { ...nowhere, answersItself: true };
  return { ...carry(world, end, floodRemotes(world, end.tunnel)), answersItself: false };
};

/** A frame for one MAC: its own entry decides; without one it goes to everybody, and an end that learns has heard the other one. */
export const tunnelFrames = (world: World, link: LinkNode, mac: string): Carried => {
  const end = endOf(world, link);
  if (typeof end === 'string') return { ends: [], beyond: end };
  const fixed = remotesOf(world, end.tunnel, mac);
  if (fixed.length > 0) return carry(world, end, fixed);
  const flooded = carry(world, end, floodRemotes(world, end.tunnel));
  if (!learns(end.tunnel)) return flooded;
  const heard = hearing(world, end);
  return { ...flooded, ends: [...new Set([...flooded.ends, ...heard])] };
};

/** Ends whose frames for everybody come here: this one has learnt where they are. */
const hearing = (world: World, end: TunnelEnd): readonly LinkNode[] => {
  const links = [...world.graph.links.values()].filter((link) => link.kind === end.tunnel.kind);
  return links.filter(
    (link) =>
      link.id !== end.tunnel.link.id && floodedEnds(world, link, false).ends.some((to) => to.id === end.tunnel.link.id),
  );
};
