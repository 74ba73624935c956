/** What an ipvlan link sends: to its siblings by address, else by its parent, in the layer 3 modes routed by the parent's netns (ipvlan_core.c). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { end, endUnknown, note } from '../journal.ts';
import { ipvlanMode, macvlanMode } from '../layer2/macvlan.ts';
import type { World } from '../world.ts';
import { comeIn } from './come-in.ts';
import { leaveBy } from './leave-by.ts';
import { moved } from './moved.ts';
import { sendForeign } from './send.ts';

/** ipvlan_addr_lookup: whoever on this parent has the address the packet is for. */
export const ipvlanOwner = (world: World, parent: LinkNode, dst: string): LinkNode | undefined =>
  parent.upperLinks
    .map((id) => world.link(id))
    .find(
      (link) => link.kind === 'ipvlan' && link.state !== 'down' && link.addresses.some(({ local }) => local === dst),
    );

const toSibling = (world: World, flight: Flight, link: LinkNode, parent: LinkNode, owner: LinkNode): Next => {
  const fact = `ipvlan mode ${ipvlanMode(link)}`;
  if (macvlanMode(link) === 'private') {
    const text = `${link.facts.ifname} is private: it does not send to ${owner.facts.ifname} of ${world.view(owner.netns).node.name}`;
    return end(world, flight, 'dropped', { kind: 'lower-link', text, evidence: { fact }, link: link.id });
  }
  const text = `${link.facts.ifname} → ${owner.facts.ifname} of ${world.view(owner.netns).node.name}, both on ${parent.facts.ifname}`;
  const noted = note(world, flight, { kind: 'lower-link', verdict: 'pass', text, evidence: { fact }, link: link.id });
  return go(() => comeIn(world, moved(noted, owner), owner));
};

const toParent = (world: World, flight: Flight, link: LinkNode, parent: LinkNode, how: string): Flight => {
  const text = `${link.facts.ifname} ${how} ${parent.facts.ifname} of ${world.view(parent.netns).node.name}`;
  const fact = `ipvlan mode ${ipvlanMode(link)}`;
  return moved(
    note(world, flight, { kind: 'lower-link', verdict: 'pass', text, evidence: { fact }, link: link.id }),
    parent,
  );
};

export const throughIpvlan = (world: World, flight: Flight, link: LinkNode): Next => {
  const { ifname } = link.facts;
  if (link.lowerLink?.certainty !== 'exact')
    return endUnknown(world, flight, 'lower-link', `the parent of ${ifname} is not known`);
  const parent = world.link(link.lowerLink.to);
  const mode = ipvlanMode(link);
  const reflects = macvlanMode(link) === 'vepa';
  const owner = reflects ? undefined : ipvlanOwner(world, parent, flight.packet.dst);
  if (mode === 'l3' || mode === 'l3s') {
    if (owner !== undefined && owner.id !== link.id) return toSibling(world, flight, link, parent, owner);
    const routed = toParent(world, flight, link, parent, 'has its packets routed by the netns of');
    return sendForeign(world, routed, parent.facts.ifname);
  }
  if (mode !== 'l2')
    return endUnknown(world, flight, 'lower-link', `the mode of ${ifname} (${mode}) is not known here`);
  // All of them share the parent's MAC address: a frame for it stays on this host.
  if (!reflects && flight.packet.dstMac === parent.facts.address) {
    if (owner !== undefined) return toSibling(world, flight, link, parent, owner);
    const received = toParent(world, flight, link, parent, 'hands the frame to');
    return go(() => comeIn(world, received, parent));
  }
  const sent = toParent(world, flight, link, parent, 'sends past the rules of');
  return go(() => leaveBy(world, sent, parent));
};
