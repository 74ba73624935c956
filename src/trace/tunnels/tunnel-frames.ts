/** Where frames that leave by a tunnel's link come in again, as far as it is in the picture (vxlan_xmit). */
import type { LinkNode } from '../../graph/graph.ts';
import type { World } from '../world.ts';
import { whatStops } from './outer-passes.ts';
import type { Remote } from './remotes.ts';
import { answersItself, floodRemotes, learns, remotesOf, wereRead } from './remotes.ts';
import { outerNetns, tunnelDoubt, tunnelOf } from './tunnel.ts';
import type { TunnelEnd } from './tunnel-ends.ts';
import { endsAt } from './tunnel-ends.ts';

interface Carried {
  readonly ends: readonly LinkNode[];
  /** Ends that it does not get to: why. */
  readonly stopped: readonly string[];
  /** Some of it goes where nothing can be seen: why. */
  readonly beyond?: string;
}

const nowhere: Carried = { ends: [], stopped: [] };

/** `asker`: a question for a neighbour or its answer, from this MAC; it must really get there. */
const carry = (
  world: World,
  end: TunnelEnd,
  remotes: readonly Remote[],
  asker?: { readonly mac: string | undefined },
): Carried => {
  const found = remotes.map((remote) => {
    const ends = endsAt(world, end, remote.address);
    const stopped = asker === undefined || ends.length === 0 ? undefined : whatStops(world, end, remote, asker.mac);
    return { remote, ends, stopped };
  });
  const unseen = found.find(({ ends }) => ends.length === 0)?.remote.address;
  const ifname = end.tunnel.link.facts.ifname;
  return {
    ends: found.flatMap(({ ends, stopped }) => (stopped === undefined ? ends.map(({ tunnel }) => tunnel.link) : [])),
    stopped: found.flatMap(({ stopped }) => stopped ?? []),
    ...(unseen !== undefined && { beyond: `the other end of ${ifname} at ${unseen} is not in the picture` }),
    // Whom a program talks to only it knows.
    ...(end.tunnel.daemon !== undefined && {
      beyond: `${end.tunnel.daemon.name} may carry it to hosts that are not in the picture`,
    }),
  };
};

const endOf = (world: World, link: LinkNode): TunnelEnd | string => {
  const tunnel = tunnelOf(link);
  const { ifname } = link.facts;
  const doubt = tunnelDoubt(tunnel, ifname);
  if (tunnel === undefined || doubt !== undefined) return doubt ?? '';
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
  if (typeof end === 'string') return { ...nowhere, beyond: end, answersItself: false };
  if (asks && answersItself(end.tunnel)) return { ...nowhere, answersItself: true };
  const remotes = floodRemotes(world, end.tunnel);
  return { ...carry(world, end, remotes, asks ? { mac: undefined } : undefined), answersItself: false };
};

/** A frame for one MAC: its own entry decides; without one it goes to everybody, and an end that learns has heard the other one. */
export const tunnelFrames = (
  world: World,
  link: LinkNode,
  mac: string,
  asker?: { readonly mac: string | undefined },
): Carried => {
  const end = endOf(world, link);
  if (typeof end === 'string') return { ...nowhere, beyond: end };
  const fixed = remotesOf(world, end.tunnel, mac);
  if (fixed.length > 0) return carry(world, end, fixed, asker);
  const flooded = carry(world, end, floodRemotes(world, end.tunnel), asker);
  if (!learns(end.tunnel)) return flooded;
  const heard = hearing(world, end).filter((one) => !flooded.stopped.length || flooded.ends.includes(one));
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
