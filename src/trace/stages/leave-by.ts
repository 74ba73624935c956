/** A frame leaves by a link: through a veth into another netns, over a bridge, through a macvlan's parent, or out of sight. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { runLinkHook } from '../hooks/run-link-hook.ts';
import { end, endUnknown, note, pass } from '../journal.ts';
import { macvlanMode } from '../layer2/macvlan.ts';
import type { World } from '../world.ts';
import { comeIn } from './come-in.ts';
import { crossBridge } from './cross-bridge.ts';
import { crossWire } from './cross-wire.ts';
import { encapsulate } from './encapsulate.ts';
import { moved } from './moved.ts';
import { throughIpvlan } from './through-ipvlan.ts';

const crossingLimit = 64;

const throughVeth = (world: World, flight: Flight, link: LinkNode): Next => {
  if (link.peer?.certainty !== 'exact') {
    const why = link.peer === undefined ? 'not known' : link.peer.why;
    return crossWire(
      world,
      flight,
      link,
      `leaves by ${link.facts.ifname}; its other end is not in the picture (${why})`,
    );
  }
  const peer = world.link(link.peer.to);
  const text = (): string => {
    const where = peer.netns === link.netns ? '' : ` in ${world.view(peer.netns).node.name}`;
    return `${link.facts.ifname} ⇄ ${peer.facts.ifname}${where}`;
  };
  // is_skb_forwardable: the other end's MTU and a VLAN tag.
  if (flight.packet.length > peer.facts.mtu + 4) {
    const why = `${text()}: ${flight.packet.length} bytes are more than the other end takes (mtu ${peer.facts.mtu})`;
    const evidence = { fact: `${peer.facts.ifname} mtu ${peer.facts.mtu}` };
    return end(world, flight, 'dropped', { kind: 'mtu', text: why, evidence, link: link.id });
  }
  const crossed = pass(world, flight, () => ({
    kind: 'veth',
    verdict: 'pass',
    text: text(),
    evidence: {},
    link: link.id,
  }));
  return go(() => comeIn(world, moved(crossed, peer), peer));
};

const throughParent = (world: World, flight: Flight, link: LinkNode): Next => {
  if (link.lowerLink?.certainty !== 'exact')
    return endUnknown(world, flight, 'lower-link', `the parent of ${link.facts.ifname} is not known`);
  const parent = world.link(link.lowerLink.to);
  const { dstMac } = flight.packet;
  const mode = macvlanMode(link);
  const sibling = parent.upperLinks
    .map((id) => world.link(id))
    .find((other) => other.id !== link.id && other.facts.address === dstMac && other.kind === link.kind);
  if (mode === 'bridge' && sibling !== undefined && macvlanMode(sibling) === 'bridge') {
    const text = `${link.facts.ifname} → ${sibling.facts.ifname} of ${world.view(sibling.netns).node.name}, both on ${parent.facts.ifname}`;
    const noted = note(world, flight, {
      kind: 'lower-link',
      verdict: 'pass',
      text,
      evidence: { fact: `macvlan mode ${mode}` },
      link: link.id,
    });
    return go(() => comeIn(world, moved(noted, sibling), sibling));
  }
  if (mode === 'vepa' && sibling !== undefined) {
    const why = `${link.facts.ifname} is in mode vepa: whether the switch behind ${parent.facts.ifname} sends the frame back to ${sibling.facts.ifname} cannot be seen`;
    return endUnknown(world, flight, 'lower-link', why);
  }
  const text = `${link.facts.ifname} sends through ${parent.facts.ifname} of ${world.view(parent.netns).node.name}, past its rules`;
  const noted = note(world, flight, {
    kind: 'lower-link',
    verdict: 'pass',
    text,
    evidence: { fact: `${link.kind} mode ${mode}` },
    link: link.id,
  });
  return go(() => leaveBy(world, { ...moved(noted, parent) }, parent));
};

const throughVlan = (world: World, flight: Flight, link: LinkNode): Next => {
  if (link.lowerLink?.certainty !== 'exact')
    return endUnknown(world, flight, 'lower-link', `the link below ${link.facts.ifname} is not known`);
  const lower = world.link(link.lowerLink.to);
  const vlan = Number(link.facts.linkinfo?.info_data?.['id']);
  const text = `${link.facts.ifname} tags VLAN ${vlan} and sends through ${lower.facts.ifname}`;
  const noted = note(
    world,
    { ...flight, vlan },
    { kind: 'lower-link', verdict: 'pass', text, evidence: {}, link: link.id },
  );
  return go(() => leaveBy(world, noted, lower));
};

/** Wires: what lies behind them nobody here can see. */
const wires: ReadonlySet<string> = new Set(['physical', 'bond', 'team']);

/** Who takes what such a link is given, as far as that can be told. */
const explainUnseen = (link: LinkNode): string => {
  const { ifname } = link.facts;
  switch (link.kind) {
    case 'tun':
    case 'tap':
      return `${ifname} hands its packets to a program, which decides where they go`;
    case 'openvswitch':
      return `${ifname} is a datapath of Open vSwitch: its flows, not links and routes, decide where frames go`;
    case 'wireguard':
      return `${ifname} sends to the peer whose allowed addresses fit; peers are not in the picture`;
    case 'unknown':
      return `of what kind ${ifname} is was not written down: where its packets come out cannot be told`;
    default:
      return `${ifname} is a ${link.kind} link: where its packets come out is not in the picture`;
  }
};

/** `nextHop` is known where the link asks for no neighbours: a tunnel without a fixed other end sends there. */
export const leaveBy = (world: World, flight: Flight, link: LinkNode, nextHop?: string): Next => {
  const { ifname } = link.facts;
  if (flight.crossings > crossingLimit)
    return end(world, flight, 'loop', { kind: 'bridge', text: 'the frame goes round in circles', evidence: {} });
  if (link.state === 'down' || link.state === 'no-carrier') {
    const why = `${ifname} is ${link.state === 'down' ? 'down' : 'without carrier'}`;
    return end(world, flight, 'dropped', {
      kind: 'veth',
      text: why,
      evidence: { fact: link.facts.flags.join(',') },
      link: link.id,
    });
  }
  return runLinkHook(world, flight, link, 'egress', (left) => sendOff(world, left, link, nextHop));
};

const sendOff = (world: World, flight: Flight, link: LinkNode, nextHop: string | undefined): Next => {
  const { ifname } = link.facts;
  if (link.ovsBridge !== undefined) return crossBridge(world, flight, link, undefined);
  switch (link.kind) {
    case 'veth':
      return throughVeth(world, flight, link);
    case 'bridge':
      return crossBridge(world, flight, link, undefined);
    case 'macvlan':
    case 'macvtap':
      return throughParent(world, flight, link);
    case 'ipvlan':
      return throughIpvlan(world, flight, link);
    case 'vlan':
      return throughVlan(world, flight, link);
    case 'vxlan':
    case 'geneve':
    case 'gretap':
    case 'gre':
    case 'ipip':
    case 'sit':
    case 'flannel':
    case 'weave':
      return encapsulate(world, flight, link, nextHop);
    case 'dummy':
      return end(world, flight, 'dropped', {
        kind: 'wire',
        text: `${ifname} is a dummy link: it swallows everything`,
        evidence: {},
        link: link.id,
      });
    default:
      if (wires.has(link.kind)) return crossWire(world, flight, link, `leaves by ${ifname}`);
      return endUnknown(world, flight, 'tunnel', explainUnseen(link));
  }
};
