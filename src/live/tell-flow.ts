/** Rule events → the hops and steps of a trace, in the same words. */
import type { ProbeRecord, SeenPacket } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Packet, Proto } from '../model/packet.ts';
import { explainTranslation } from '../trace/explain-rule.ts';
import { formatPacket } from '../trace/format-packet.ts';
import type { Hop, RuleRef, Step } from '../trace/trace.ts';
import type { World } from '../trace/world.ts';
import { chainOf, nameRule, rejects } from './name-rule.ts';
import type { FlowEvent } from './select-flow.ts';

export interface Told {
  readonly netns: NetnsId;
  readonly at: string;
  readonly step: Step;
}

const protocols: Readonly<Record<number, Proto>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };

const linkName = (world: World, netns: NetnsId, ifindex: number | undefined): string | undefined =>
  ifindex === undefined || ifindex === 0
    ? undefined
    : (world.view(netns).linkByIndex.get(ifindex)?.facts.ifname ?? `link ${ifindex}`);

export const packetOf = (world: World, event: FlowEvent, seen: SeenPacket = event.packet): Packet => {
  const from = linkName(world, event.netns, event.iif);
  const to = linkName(world, event.netns, event.oif);
  return {
    family: seen.family,
    src: seen.src,
    dst: seen.dst,
    proto: protocols[seen.proto] ?? seen.proto,
    ...(seen.sport === undefined ? {} : { sport: seen.sport }),
    ...(seen.dport === undefined ? {} : { dport: seen.dport }),
    ...(seen.icmpType === undefined ? {} : { icmpType: seen.icmpType }),
    ttl: seen.ttl,
    mark: event.mark ?? 0,
    tos: 0,
    length: 0,
    dontFragment: false,
    ...(from === undefined ? {} : { in: from }),
    ...(to === undefined ? {} : { out: to }),
  };
};

/** Our own chains are called after their hooks: they say where the packet got to. */
const witnessText = (event: FlowEvent, packet: Packet, name: string): string | undefined => {
  // The same packet is told by the table of its own family.
  if (event.family === 'bridge') return undefined;
  switch (event.chain) {
    case 'output':
      return `${formatPacket(packet)} is sent`;
    case 'prerouting':
      return `${formatPacket(packet)} comes in by ${packet.in ?? 'a link'}`;
    case 'forward':
      return `forwarded from ${packet.in ?? '?'} to ${packet.out ?? '?'}`;
    case 'input':
      return `delivered to the sockets of ${name}`;
    case 'postrouting':
      return `leaves by ${packet.out ?? 'a link'} as ${formatPacket(packet)}`;
    default:
      return undefined;
  }
};

const place = (rule: RuleRef): string => {
  if (rule.index < 0) return `${rule.table} ${rule.chain} ${rule.rule} (changed since the rules were read)`;
  if (rule.index === 0) return `policy of ${rule.table} ${rule.chain} is ${rule.rule.replace('policy ', '')}`;
  return `${rule.table} ${rule.chain} rule ${rule.index}: ${rule.rule}`;
};

export const ruleStep = (rule: RuleRef, verdict: 'accept' | 'drop' | 'other', packet: Packet): Step => ({
  kind: rule.index === 0 && rule.handle === undefined ? 'policy' : 'rule',
  verdict: verdict === 'drop' ? (rejects(rule) ? 'rejected' : 'dropped') : 'pass',
  text: place(rule),
  evidence: { rule, source: rule.backend === 'iptables-legacy' ? 'its packet counter' : 'rule trace' },
  packet,
});

const tellRule = (
  world: World,
  record: Pick<ProbeRecord, 'handles'>,
  event: FlowEvent,
  packet: Packet,
): Step | undefined => {
  const ends = event.verdict === 'accept' || event.verdict === 'drop' || event.verdict === 'queue';
  // A chain's policy is worth a line where it decides, as in the model's own telling.
  if (!ends || (event.type === 'return' && event.verdict !== 'drop')) return undefined;
  if (event.type !== 'rule' && event.verdict === 'accept' && event.table !== 'filter') return undefined;
  return ruleStep(
    nameRule(world, record, event),
    event.verdict === 'queue' ? 'other' : (event.verdict as 'accept' | 'drop'),
    packet,
  );
};

const sameEnds = (a: Packet, b: Packet): boolean =>
  a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport;

/** The events of one netns and direction, in order. */
const tellNetns = (
  world: World,
  record: Pick<ProbeRecord, 'handles'>,
  events: readonly FlowEvent[],
): readonly Told[] => {
  const told: Told[] = [];
  let last: Packet | undefined;
  for (const event of events) {
    const { node } = world.view(event.netns);
    const hook = event.ours ? event.base : (chainOf(world, event, event.base)?.base?.hook ?? event.base);
    const add = (step: Step): void =>
      void told.push({ netns: event.netns, at: `${node.name} ${hook.toUpperCase()}`, step });
    const packet = packetOf(world, event);
    if (event.opens && last !== undefined && !sameEnds(last, packet))
      add({
        kind: 'nat',
        verdict: 'changed',
        text: explainTranslation(last, packet, event.direction === 'reply' ? 'reply' : 'original'),
        evidence: { source: 'rule trace' },
        packet,
      });
    if (event.opens) last = packet;
    if (event.ours) {
      const text = event.opens ? witnessText(event, packet, node.name) : undefined;
      if (text === undefined) continue;
      add({
        kind: event.chain === 'output' ? 'origin' : event.chain === 'input' ? 'socket' : 'wire',
        verdict: 'pass',
        text,
        evidence: { source: 'rule trace' },
        packet,
      });
      continue;
    }
    const step = tellRule(world, record, event, packet);
    if (step !== undefined) add(step);
  }
  return told;
};

/** Across netns the order is that of the predicted path: the kernel tells none. */
export const tellFlow = (
  world: World,
  record: Pick<ProbeRecord, 'handles'>,
  flow: readonly FlowEvent[],
  order: readonly NetnsId[],
): readonly Told[] => {
  const places = [...new Set([...order, ...flow.map(({ netns }) => netns)])];
  return places.flatMap((netns) =>
    tellNetns(
      world,
      record,
      flow.filter((event) => event.netns === netns),
    ),
  );
};

export const hopsOfTold = (world: World, told: readonly Told[]): readonly Hop[] => {
  const hops: { netns: NetnsId; container?: NonNullable<Hop['container']>; at: string; steps: Step[] }[] = [];
  for (const { netns, at, step } of told) {
    const last = hops.at(-1);
    const { node } = world.view(netns);
    const container = node.facts.isHost ? undefined : node.containers[0];
    if (last !== undefined && last.netns === netns && last.at === at) last.steps.push(step);
    else hops.push({ netns, ...(container === undefined ? {} : { container }), at, steps: [step] });
  }
  return hops;
};
