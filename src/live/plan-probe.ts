/** What to send and where to watch, from the path the model predicts. */

import type { Graph } from '../graph/graph.ts';
import type { ProbeOrder, ProbePacket, WatchedNetns } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';
import { resolveEndpoint } from '../trace/endpoints/resolve-endpoint.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';
import { throughProxy } from './compare-trace.ts';

/** A connect is retried by the kernel after 1 s; a neighbour is asked three times, a second apart, before it counts as failed. */
const timeoutMs = 3300;

const protocols = ['tcp', 'udp', 'icmp', 'icmpv6'] as const;

const netnsOf = (graph: Graph, text: string): NetnsId | undefined => {
  const found = resolveEndpoint(graph, text);
  return 'error' in found ? undefined : found[0]?.netns;
};

/** Where the packet is predicted to be, there and back, and where it is meant to arrive. */
export const watchedNetns = (graph: Graph, trace: Trace, question: TraceQuestion): readonly NetnsId[] => {
  const hops = [...trace.request.hops, ...(trace.reply?.hops ?? [])];
  const target = netnsOf(graph, question.to);
  return [...new Set([...hops.map((hop) => hop.netns), ...(target === undefined ? [] : [target])])];
};

export const planProbe = (
  graph: Graph,
  trace: Trace,
  question: TraceQuestion,
): ProbeOrder | { readonly error: string } => {
  if ((question.without?.length ?? 0) > 0 || Object.keys(question.withSysctl ?? {}).length > 0)
    return { error: 'the kernel has no what-if: a real packet meets the rules as they are' };
  const origin = resolveEndpoint(graph, question.from);
  const from = 'error' in origin ? undefined : origin[0];
  if (from?.netns === undefined)
    return { error: `${question.from} is outside of what can be entered: no packet can be sent from there` };
  const packet = trace.request.hops[0]?.steps[0]?.packet;
  const proto = protocols.find((one) => one === packet?.proto);
  if (packet === undefined || proto === undefined)
    return { error: `no probe can be made for ${packet === undefined ? question.to : packet.proto}` };
  const probe: ProbePacket = {
    family: packet.family,
    proto,
    dst: packet.dst,
    ...(packet.dport === undefined ? {} : { dport: packet.dport }),
    ...(from.address === undefined ? {} : { src: from.address }),
  };
  return {
    from: from.netns,
    packet: probe,
    watch: watchedNetns(graph, trace, question).map((netns) => watchedIn(graph, netns, packet.family)),
    proxied: throughProxy(trace),
    timeoutMs,
  };
};

export const watchedIn = (graph: Graph, netns: NetnsId, family: 4 | 6): WatchedNetns => ({
  netns,
  legacy: hasLegacy(graph, netns, family),
  bridge: hasBridgeTables(graph, netns),
});

const hasBridgeTables = (graph: Graph, netns: NetnsId): boolean =>
  graph.netns.get(netns)?.facts.ruleset?.present.nftTables.some(({ family }) => family === 'bridge') === true;

const hasLegacy = (graph: Graph, netns: NetnsId, family: 4 | 6): boolean => {
  const present = graph.netns.get(netns)?.facts.ruleset?.present;
  return ((family === 4 ? present?.legacyTables : present?.legacyTables6)?.length ?? 0) > 0;
};

/** What will be done, before it is done. */
export const announceProbe = (graph: Graph, { from, packet, watch }: ProbeOrder): string => {
  const name = (id: NetnsId): string => graph.netns.get(id)?.name ?? id;
  const what = {
    tcp: 'open one TCP connection',
    udp: 'send one UDP datagram',
    icmp: 'send one ICMP echo',
    icmpv6: 'send one ICMPv6 echo',
  }[packet.proto];
  const port = packet.dport === undefined ? '' : ` port ${packet.dport}`;
  const places = watch.map(({ netns }) => name(netns)).join(', ');
  return `will ${what} from ${name(from)} to ${packet.dst}${port}, and trace its packets in ${places} (nft tables of our own, gone afterwards)`;
};
