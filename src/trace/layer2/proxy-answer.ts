/** What a tunnel that answers for neighbours says: the entry of its own netns' table, or nothing at all (arp_reduce, neigh_reduce). */
import type { LinkNode } from '../../graph/graph.ts';
import { remotesOf } from '../tunnels/remotes.ts';
import { tunnelOf } from '../tunnels/tunnel.ts';
import type { World } from '../world.ts';
import type { NeighbourQuestion } from './answers-neighbour.ts';

/** NUD_CONNECTED. */
const connected: ReadonlySet<string> = new Set(['PERMANENT', 'NOARP', 'REACHABLE']);

/** `mac` absent: it keeps silent, and nobody behind it hears the question. */
export const proxyAnswer = (
  world: World,
  link: LinkNode,
  { target }: NeighbourQuestion,
): { readonly mac?: string; readonly why: string } => {
  const { node } = world.view(link.netns);
  const { ifname } = link.facts;
  const entry = node.facts.neighbours?.find(
    (one) => one.dev === ifname && one.dst === target && one.proxy === undefined && one.lladdr !== undefined,
  );
  if (entry === undefined || !entry.state.some((state) => connected.has(state)))
    return { why: `${ifname} in ${node.name} has no neighbour entry for ${target}` };
  const mac = entry.lladdr!;
  const [remote] = remotesOf(world, tunnelOf(link)!, mac);
  // An entry without another host is one for somebody on the bridge here, who answers himself.
  if (remote?.address === '0.0.0.0' || remote?.address === '::')
    return { why: `${ifname} leaves the answer for ${target} to its own bridge` };
  return { mac, why: `${ifname} in ${node.name} answers from its neighbour entry ${entry.state.join(' ')}` };
};
