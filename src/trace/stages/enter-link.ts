/** A frame enters by a link: programs and chains on the link itself see it before anything else does (__netif_receive_skb_core). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { runLinkHook } from '../hooks/run-link-hook.ts';
import { endUnknown } from '../journal.ts';
import type { World } from '../world.ts';

export const enterLink = (world: World, flight: Flight, link: LinkNode, then: (flight: Flight) => Next): Next => {
  if (link.facts['xdp'] !== undefined)
    return endUnknown(world, flight, 'veth', `a BPF program (XDP) on ${link.facts.ifname} decides first`);
  return runLinkHook(world, flight, link, 'ingress', then);
};
