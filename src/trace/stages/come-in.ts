/** A frame comes in by a link: to the bridge it is a port of, to a macvlan on it, or to its own netns (__netif_receive_skb_core). */
import { isBridge, type LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { end, endUnknown, note } from '../journal.ts';
import { ipvlanMode, macvlanMode } from '../layer2/macvlan.ts';
import type { World } from '../world.ts';
import { crossBridge } from './cross-bridge.ts';
import { enterLink } from './enter-link.ts';
import { moved } from './moved.ts';
import { receiveIp } from './receive-ip.ts';
import { ipvlanOwner } from './through-ipvlan.ts';

/** A frame without a known target MAC (it came over a wire, or its neighbour is not in the picture) is taken to be for whoever gets it. */
const isFor = (flight: Flight, link: LinkNode): boolean =>
  flight.packet.dstMac === undefined || flight.packet.dstMac === link.facts.address || link.facts.link_type !== 'ether';

/** ipvlan takes what is for one of its addresses, whatever the frame says; mode l3s only after the rules of the parent's netns. */
const ipvlanFor = (world: World, flight: Flight, link: LinkNode): LinkNode | undefined => {
  const owner = flight.vlan === 0 && isFor(flight, link) ? ipvlanOwner(world, link, flight.packet.dst) : undefined;
  return owner !== undefined && ipvlanMode(owner) !== 'l3s' ? owner : undefined;
};

const upperFor = (world: World, flight: Flight, link: LinkNode): LinkNode | undefined =>
  link.upperLinks
    .map((id) => world.link(id))
    .find((upper) => {
      if (upper.kind === 'vlan') return flight.vlan !== 0 && upper.facts.linkinfo?.info_data?.['id'] === flight.vlan;
      if (flight.vlan !== 0 || (upper.kind !== 'macvlan' && upper.kind !== 'macvtap')) return false;
      return macvlanMode(upper) === 'passthru' || upper.facts.address === flight.packet.dstMac;
    });

export const comeIn = (world: World, flight: Flight, link: LinkNode): Next => {
  const { ifname } = link.facts;
  if (link.state === 'down') {
    return end(world, flight, 'dropped', {
      kind: 'veth',
      text: `${ifname} is down`,
      evidence: { fact: link.facts.flags.join(',') },
      link: link.id,
    });
  }
  return enterLink(world, flight, link, (entered) => handOver(world, entered, link));
};

/** Whoever the link belongs to takes the frame, else a link above it, else its own netns (rx_handler). */
const handOver = (world: World, flight: Flight, link: LinkNode): Next => {
  const { ifname } = link.facts;
  const master = link.master === undefined ? undefined : world.link(link.master);
  if (master !== undefined && isBridge(master)) return crossBridge(world, flight, master, link);
  if (master !== undefined)
    return endUnknown(
      world,
      flight,
      'bridge',
      `${ifname} belongs to ${master.facts.ifname} (${master.kind}), which decides where its frames go`,
    );
  if (link.facts.master !== undefined)
    return endUnknown(world, flight, 'bridge', `the master ${link.facts.master} of ${ifname} is not in the picture`);
  const upper = upperFor(world, flight, link) ?? ipvlanFor(world, flight, link);
  if (upper !== undefined) {
    const text = `${ifname} hands the frame to ${upper.facts.ifname} of ${world.view(upper.netns).node.name}`;
    const noted = note(world, flight, {
      kind: 'lower-link',
      verdict: 'pass',
      text,
      evidence: { fact: `${upper.kind} on ${ifname}` },
      link: upper.id,
    });
    return comeIn(world, { ...moved(noted, upper), vlan: 0 }, upper);
  }
  if (!isFor(flight, link) || flight.vlan !== 0) {
    const text = `${ifname} (${link.facts.address}) is not the target of the frame for ${flight.packet.dstMac}`;
    return end(world, flight, 'dropped', {
      kind: 'neighbour',
      text,
      evidence: { fact: `lladdr ${flight.packet.dstMac}` },
      link: link.id,
    });
  }
  return receiveIp(world, flight, link);
};
