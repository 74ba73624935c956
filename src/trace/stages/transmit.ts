/** A routed packet leaves its netns: POSTROUTING, size, the neighbour's MAC, then the link (ip_output, ip_finish_output2). */
import type { LinkNode } from '../../graph/graph.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import type { Flight, Next } from '../flight.ts';
import { runHook } from '../hooks/run-hook.ts';
import { runLinkHook } from '../hooks/run-link-hook.ts';
import { end, endUnknown, pass } from '../journal.ts';
import type { NeighbourResolution } from '../layer2/resolve-neighbour.ts';
import { resolveNeighbour } from '../layer2/resolve-neighbour.ts';
import { isLocalAddress } from '../routing/lookup-route.ts';
import { selectIpv4Source } from '../routing/select-source.ts';
import { maxSysctl } from '../sysctls.ts';
import type { NetnsView, World } from '../world.ts';
import { enterLink } from './enter-link.ts';
import { leaveBy } from './leave-by.ts';
import { receiveIp } from './receive-ip.ts';
import { throughIpsec } from './through-ipsec.ts';

export interface Egress {
  readonly link: LinkNode;
  readonly nextHop: string;
}

/** Links that carry IP without asking for neighbours. */
const asksNobody = (link: LinkNode): boolean =>
  link.facts.flags.includes('NOARP') || link.facts.flags.includes('POINTOPOINT') || link.facts.link_type === 'none';

export const transmit = (world: World, flight: Flight, egress: Egress): Next => {
  const place = {
    hook: 'postrouting',
    family: flight.packet.family === 4 ? 'ip' : 'ip6',
    // Forwarded packets still know where they came in; iptables cannot ask for it here, nft can.
    in: flight.local ? undefined : world.view(flight.netns).linkByName.get(flight.packet.in ?? ''),
    out: egress.link,
    nextHop: egress.nextHop,
    ...(flight.bridgePort && { physin: flight.bridgePort }),
  } as const;
  return runHook(world, flight, place, (after) => {
    const plain = () => finishOutput(world, after, egress);
    return throughIpsec(world, after, plain) ?? plain();
  });
};

const finishOutput = (world: World, flight: Flight, egress: Egress): Next => {
  const { link } = egress;
  const { packet } = flight;
  if (link.kind === 'loopback')
    return runLinkHook(world, flight, link, 'egress', (left) =>
      enterLink(world, { ...left, local: false }, link, (entered) => receiveIp(world, entered, link)),
    );
  if (packet.length > link.facts.mtu && packet.dontFragment) {
    const text = `${packet.length} bytes do not fit through ${link.facts.ifname} (mtu ${link.facts.mtu}) and may not be fragmented`;
    return end(world, flight, 'dropped', {
      kind: 'mtu',
      text,
      evidence: { fact: `${link.facts.ifname} mtu ${link.facts.mtu}` },
      link: link.id,
    });
  }
  if (asksNobody(link)) return leaveBy(world, flight, link, egress.nextHop);
  const sender = senderAddress(world.view(flight.netns), flight, egress);
  const found = resolveNeighbour(world, link, { family: packet.family, target: egress.nextHop, sender });
  return toNeighbour(world, teach(flight, link, sender, found), egress, alreadyKnown(flight, egress, found) ?? found);
};

/** Whoever answers the question remembers the asker. */
const teach = (flight: Flight, link: LinkNode, address: string, found: NeighbourResolution): Flight => {
  const mac = link.facts.address;
  if (found.kind !== 'mac' || mac === undefined || address === '0.0.0.0') return flight;
  return { ...flight, learnt: [...flight.learnt, ...found.owners.map((owner) => ({ link: owner.id, address, mac }))] };
};

/** Only a fixed entry of the table goes before what was learnt from a question. */
const alreadyKnown = (
  flight: Flight,
  { link, nextHop }: Egress,
  found: NeighbourResolution,
): NeighbourResolution | undefined => {
  const fixed = found.kind === 'mac' && found.owners.length === 0;
  const known = flight.learnt.find((one) => one.link === link.id && one.address === nextHop);
  return known && !fixed ? { kind: 'mac', mac: known.mac, how: 'known from its own question', owners: [] } : undefined;
};

/** arp_solicit: the packet's own source where that is an address of ours and arp_announce allows it. */
const senderAddress = (view: NetnsView, flight: Flight, { link, nextHop }: Egress): string => {
  const { src, family } = flight.packet;
  if (family === 6) {
    const own = link.addresses.filter((info) => info.family === 'inet6');
    return own.some((info) => info.local === src) ? src : (own.find((info) => info.scope === 'link')?.local ?? src);
  }
  const level = Number(maxSysctl(view, link.facts.ifname, 'arp_announce')?.value ?? 0);
  const near = link.addresses.some((info) => {
    const own = info.family === 'inet' ? parseAddress(info.local) : undefined;
    return (
      own !== undefined &&
      prefixContains({ ...own, length: info.prefixlen }, parseAddress(src)!) &&
      prefixContains({ ...own, length: info.prefixlen }, parseAddress(nextHop)!)
    );
  });
  if (isLocalAddress(view, src) && (level === 0 || (level === 1 && near))) return src;
  return selectIpv4Source(view, link, nextHop, 253) ?? '0.0.0.0';
};

const toNeighbour = (world: World, flight: Flight, { link, nextHop }: Egress, found: NeighbourResolution): Next => {
  const entryOf = found.kind === 'unknown' ? undefined : found.entry;
  const entry =
    entryOf &&
    `${entryOf.dst} dev ${entryOf.dev}${entryOf.lladdr ? ` lladdr ${entryOf.lladdr}` : ''} ${entryOf.state.join(' ')}`;
  const evidence = entry === undefined ? {} : { fact: entry, source: 'neighbours' };
  const { address } = link.facts;
  const macs = (dstMac: string | undefined) => ({
    ...(address !== undefined && { srcMac: address }),
    ...(dstMac !== undefined && { dstMac }),
  });
  switch (found.kind) {
    case 'unknown':
      return endUnknown(world, flight, 'neighbour', found.why);
    case 'nobody':
      return end(world, flight, 'no-neighbour', { kind: 'neighbour', text: found.why, evidence, link: link.id });
    case 'mac': {
      const framed = { ...flight, packet: { ...flight.packet, ...macs(found.mac) } };
      const step = () =>
        ({
          kind: 'neighbour',
          verdict: 'pass',
          text: `${nextHop} is at ${found.mac} (${found.how})`,
          evidence,
          link: link.id,
        }) as const;
      return leaveBy(world, pass(world, framed, step), link);
    }
    case 'beyond': {
      const { dstMac: _old, ...rest } = flight.packet;
      const framed = { ...flight, packet: { ...rest, ...macs(found.entry?.lladdr) } };
      return leaveBy(world, framed, link);
    }
  }
};
