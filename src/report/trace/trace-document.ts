/** A trace as a document: each step with its evidence and the packet as it is after it. */
import type { Graph } from '../../graph/graph.ts';
import type { LiveAccount } from '../../live/live-account.ts';
import type { Gap } from '../../model/gap.ts';
import type { Packet } from '../../model/packet.ts';
import type { Direction, Hop, Step, Trace } from '../../trace/trace.ts';
import { makeHead } from '../document.ts';
import { containerRef, netnsRef, optional } from '../refs.ts';
import type { LiveDocument, TraceDirection, TraceHop, TraceStep } from '../schemas/trace-schema.ts';

const packetOf = (packet: Packet): TraceStep['packet'] => ({
  src: packet.src,
  dst: packet.dst,
  ...optional('sport', packet.sport),
  ...optional('dport', packet.dport),
  proto: packet.proto,
  ...(packet.mark === 0 ? {} : { mark: packet.mark }),
  ...optional('in', packet.in),
  ...optional('out', packet.out),
});

export const stepOf = (step: Step): TraceStep => {
  const { rule: ref, ...evidence } = step.evidence;
  const named = ref && { family: ref.family, table: ref.table, chain: ref.chain, index: ref.index, rule: ref.rule };
  return {
    kind: step.kind,
    verdict: step.verdict,
    text: step.text,
    ...named,
    evidence: { ...ref, ...evidence },
    packet: packetOf(step.packet),
    ...optional('dependsOn', step.dependsOn),
  };
};

const hopOf = (graph: Graph, hop: Hop): TraceHop => {
  const container = hop.container === undefined ? undefined : graph.containers.get(hop.container);
  return {
    netns: netnsRef(graph, hop.netns),
    ...(container === undefined ? {} : { container: containerRef(container) }),
    at: hop.at,
    steps: hop.steps.map(stepOf),
  };
};

export const directionOf = (graph: Graph, direction: Direction): TraceDirection => ({
  outcome: direction.outcome,
  hops: direction.hops.map((hop) => hopOf(graph, hop)),
});

const liveSteps = (graph: Graph, direction: 'request' | 'reply', { hops }: Direction): LiveDocument['steps'] =>
  hops.flatMap((hop) => {
    const { steps, ...where } = hopOf(graph, hop);
    return steps.map((step) => ({ direction, ...where, ...step }));
  });

const liveOf = (graph: Graph, live: LiveAccount): LiveDocument => ({
  outcome: live.outcome,
  agreement: live.agreement,
  why: live.why,
  explanation: live.explanation,
  ...optional('decidedBy', live.decidedBy && stepOf(live.decidedBy)),
  steps: [
    ...liveSteps(graph, 'request', live.request),
    ...(live.reply === undefined ? [] : liveSteps(graph, 'reply', live.reply)),
  ],
});

/** `gaps`: what a live proof could not see, beside what the model could not. */
export const traceDocument = (graph: Graph, trace: Trace, live?: LiveAccount, gaps: readonly Gap[] = []) => ({
  ...makeHead('trace', graph, [...trace.gaps, ...(live?.gaps ?? []), ...gaps]),
  from: trace.from,
  to: trace.to,
  outcome: trace.outcome,
  explanation: trace.explanation,
  ...optional('decidedBy', trace.decidedBy && stepOf(trace.decidedBy)),
  request: directionOf(graph, trace.request),
  ...optional('reply', trace.reply && directionOf(graph, trace.reply)),
  ...optional('followUp', trace.followUp && directionOf(graph, trace.followUp)),
  ...optional('parted', trace.parted),
  ...optional(
    'listener',
    trace.listener && { netns: netnsRef(graph, trace.listener.netns), text: trace.listener.text },
  ),
  ...optional('live', live && liveOf(graph, live)),
});
