/** A drop in the graph's words: whose packet, on which link of which netns, and what the kernel's reason means. */
import type { LinkNode } from '../../graph/graph.ts';
import type { SeenPacket } from '../../host/live/live-order.ts';
import type { DropEvent } from '../../host/live/watch-order.ts';
import type { LinkId, NetnsId } from '../../model/ids.ts';
import type { Packet } from '../../model/packet.ts';
import { lookupRoute } from '../../trace/routing/lookup-route.ts';
import type { Step } from '../../trace/trace.ts';
import { type NetnsView, remember, type World } from '../../trace/world.ts';
import { explainDrop, type KernelReason } from '../kernel-reason.ts';

export interface DropWords extends KernelReason {
  /** What it means, with the kernel's own words behind. */
  readonly sentence: string;
  readonly reason?: string;
  readonly location: string;
  readonly netns?: NetnsId;
  readonly link?: LinkId;
  readonly ifname?: string;
}

const netnsByInode = (world: World, inode: number): NetnsId | undefined =>
  remember(
    world.memo,
    'netns by inode',
    () => new Map([...world.graph.netns.values()].map((node) => [node.facts.inode, node.id])),
  ).get(inode);

/** Functions whose drops, told as NETFILTER_DROP, are those of rules. */
const ruleFunctions = /^(nft_do_chain|ipt_do_table|ip6t_do_table|ebt_do_table|arpt_do_table|nft_do_chain_\w+)$/;

export interface DropContext {
  /** Where the packet was seen last by the rule trace. */
  readonly last?: NetnsId | undefined;
  readonly fullTable: ReadonlySet<NetnsId>;
}

const netfilterWords = (drop: DropEvent, netns: NetnsId | undefined, { fullTable }: DropContext): string => {
  if (netns !== undefined && fullTable.has(netns)) return 'the conntrack table is full';
  return ruleFunctions.test(drop.location)
    ? 'a rule drops it'
    : 'a rule drops it, or connection tracking, or another hook';
};

/** Who was asked for and did not answer, by the routes as they were read. */
const nextHopWords = (view: NetnsView, { packet, ifname }: DropEvent): string | undefined => {
  if (packet === undefined) return undefined;
  const { family, dst } = packet;
  const key = { family, dst, iif: 'lo', mark: 0, tos: 0, ...(ifname === undefined ? {} : { oif: ifname }) };
  const answer = lookupRoute(view, key);
  const next = answer.kind === 'found' ? (answer.hops[0]?.gateway ?? dst) : undefined;
  return next === undefined ? undefined : `nobody answers for ${next} on ${ifname ?? 'its link'}, its next hop`;
};

/** What is known of the bridge port it came in by, where a bridge lets go of it. */
const portWords = (link: LinkNode | undefined, { location }: DropEvent): string => {
  const port = link?.bridgePort;
  if (link === undefined || port === undefined || !location.includes('br_')) return '';
  if (port.state !== 'forwarding') return `: ${link.facts.ifname} is ${port.state}`;
  return port.isolated ? `: ${link.facts.ifname} is an isolated port` : '';
};

const unknownReason = (drop: DropEvent): KernelReason => ({
  outcome: 'dropped',
  words:
    drop.reason === undefined || drop.reason === 'NOT_SPECIFIED'
      ? `${drop.location} drops it`
      : `the kernel says ${drop.reason.toLowerCase().replaceAll('_', ' ')}`,
});

export const dropWords = (world: World, drop: DropEvent, context: DropContext): DropWords => {
  const known = explainDrop(drop.reason, drop.location) ?? unknownReason(drop);
  const netns = drop.inode === undefined ? context.last : netnsByInode(world, drop.inode);
  const view = netns === undefined ? undefined : world.view(netns);
  const hop = view === undefined || known.outcome !== 'no-neighbour' ? undefined : nextHopWords(view, drop);
  const link = drop.ifindex === undefined ? undefined : view?.linkByIndex.get(drop.ifindex);
  const words =
    drop.reason === 'NETFILTER_DROP'
      ? netfilterWords(drop, netns, context)
      : `${hop ?? known.words}${portWords(link, drop)}`;
  const kernel = drop.reason === undefined ? drop.location : `${drop.reason} in ${drop.location}`;
  const ifname = link?.facts.ifname ?? drop.ifname;
  return {
    outcome: known.outcome,
    words,
    sentence: `${words} (${kernel})`,
    ...(drop.reason === undefined ? {} : { reason: drop.reason }),
    location: drop.location,
    ...(netns === undefined ? {} : { netns }),
    ...(link === undefined ? {} : { link: link.id }),
    ...(ifname === undefined ? {} : { ifname }),
  };
};

export const dropStep = (drop: DropWords, packet: Packet): Step => ({
  kind: drop.outcome === 'no-listener' ? 'socket' : drop.outcome === 'no-route' ? 'route' : 'wire',
  verdict: drop.outcome,
  text: drop.sentence,
  evidence: {
    fact: drop.reason === undefined ? drop.location : `${drop.reason} in ${drop.location}`,
    source: 'skb:kfree_skb',
  },
  packet,
  ...(drop.link === undefined ? {} : { link: drop.link }),
});

const protocols: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };

/** Who has an address, where only one has it. */
const nameOf = (world: World, address: string): string | undefined =>
  remember(world.memo, 'names by address', () => {
    const names = new Map<string, string | undefined>();
    for (const link of world.graph.links.values()) {
      const node = world.graph.netns.get(link.netns);
      for (const { local } of link.addresses)
        names.set(local, names.has(local) && names.get(local) !== node?.name ? undefined : node?.name);
    }
    return names;
  }).get(address);

const endWords = (world: World, address: string, port: number | undefined, family: 4 | 6): string => {
  const name = nameOf(world, address);
  const bare = family === 6 && port !== undefined ? `[${address}]` : address;
  return `${bare}${port === undefined ? '' : `:${port}`}${name === undefined ? '' : ` (${name})`}`;
};

/** Of the two ports the one that says what for; the other is left out. */
const isService = (port: number | undefined, other: number | undefined): boolean =>
  port !== undefined && (other === undefined || port < other);

export const packetWords = (world: World, { family, src, dst, sport, dport, proto, icmpType }: SeenPacket): string => {
  const from = endWords(world, src, isService(sport, dport) ? sport : undefined, family);
  const to = endWords(world, dst, isService(dport, sport) || sport === dport ? dport : undefined, family);
  return `${from} → ${to} ${protocols[proto] ?? `protocol ${proto}`}${icmpType === undefined ? '' : ` type ${icmpType}`}`;
};

const etherTypes: Readonly<Record<number, string>> = { 2048: 'IPv4', 2054: 'ARP', 34525: 'IPv6', 35020: 'LLDP' };

/** What was dropped, without what differs from packet to packet. */
export const dropSubject = (world: World, { packet, about, arp, protocol }: DropEvent): string => {
  if (about !== undefined && packet !== undefined)
    return `${packetWords(world, packet)} code ${packet.icmpCode ?? '?'}, about ${packetWords(world, about)}`;
  if (packet !== undefined) return packetWords(world, packet);
  if (arp !== undefined)
    return `ARP: ${endWords(world, arp.asks, undefined, 4)} asks who has ${endWords(world, arp.target, undefined, 4)}`;
  if (protocol === 0) return 'a packet';
  return `a packet of ${etherTypes[protocol] ?? `EtherType 0x${protocol.toString(16).padStart(4, '0')}`}`;
};

/** `docker0 of host`, `web eth0`; empty when neither is known. */
export const placeWords = (world: World, { netns, ifname }: DropWords, inode: number | undefined): string => {
  const name =
    netns === undefined
      ? inode === undefined
        ? undefined
        : `netns ${inode}, which is not in the picture`
      : world.view(netns).node.name;
  if (name === undefined) return ifname ?? '';
  return ifname === undefined ? name : `${ifname} of ${name}`;
};
