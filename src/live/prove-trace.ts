/** The live proof of a trace: sends its packet for real and tells what the kernel did with it. */
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import type { ProbeOrder, ProbeRecord } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Packet } from '../model/packet.ts';
import { buildWorld } from '../trace/build-world.ts';
import { formatPacket } from '../trace/format-packet.ts';
import type { Direction, Trace } from '../trace/trace.ts';
import { compareTrace } from './compare-trace.ts';
import { judgeProbe, type Seen, type Verdict } from './judge-probe.ts';
import type { LiveAccount } from './live-account.ts';
import { selectFlow } from './select-flow.ts';
import { hopsOfTold, type Told, tellFlow } from './tell-flow.ts';

const netnsInOrder = (direction: Direction | undefined): readonly NetnsId[] => [
  ...new Set(direction?.hops.map((hop) => hop.netns) ?? []),
];

const directionOf = (seen: Seen, told: readonly Told[], verdict: Verdict, way: Verdict['direction']): Direction => {
  const decided = verdict.direction === way ? verdict.decided : undefined;
  // What the kernel's account or a counter told is no part of the rule trace: it ends the way.
  const all = decided === undefined || told.includes(decided) ? told : [...told, decided];
  const hops = hopsOfTold(seen.world, all);
  const hop = hops.findIndex((one) => decided !== undefined && one.steps.includes(decided.step));
  const ended = verdict.direction === way && verdict.outcome !== 'delivered';
  return {
    outcome: ended ? verdict.outcome : 'delivered',
    hops,
    ...(decided === undefined || hop < 0 ? {} : { decidedBy: { hop, step: hops[hop]!.steps.indexOf(decided.step) } }),
  };
};

const endsOutside = (trace: Trace): boolean =>
  trace.request.hops.at(-1)?.steps.at(-1)?.kind === 'wire' && trace.listener === undefined;

const sentPacket = (trace: Trace): Packet => trace.request.hops[0]!.steps[0]!.packet;

/** Pure: the record joined to the graph. */
export const readProof = (graph: Graph, trace: Trace, order: ProbeOrder, record: ProbeRecord): LiveAccount => {
  const world = buildWorld(graph);
  const flow = selectFlow(record, order.from);
  const there = netnsInOrder(trace.request);
  const back = trace.reply === undefined ? [...there].reverse() : netnsInOrder(trace.reply);
  const told = (way: 'request' | 'reply', path: readonly NetnsId[]) =>
    tellFlow(
      world,
      record,
      flow.filter(({ direction }) => direction === way),
      path,
    );
  const seen: Seen = {
    world,
    record,
    from: order.from,
    start: { netns: order.from, at: world.view(order.from).node.name, packet: sentPacket(trace) },
    request: told('request', there),
    reply: told('reply', back),
    leavesPicture: endsOutside(trace),
  };
  const verdict = judgeProbe(seen);
  const { agreement, why } = compareTrace(trace, verdict, record.end.end);
  const first = seen.request[0]?.step.packet;
  const sent =
    first === undefined ? `${trace.from} → ${trace.to}` : `${trace.from} → ${trace.to} (${formatPacket(first)})`;
  const reply = directionOf(seen, seen.reply, verdict, 'reply');
  return {
    outcome: verdict.outcome,
    explanation: `a real packet ${sent} is ${verdict.outcome === 'delivered' ? 'delivered' : `not delivered (${verdict.outcome})`}: ${verdict.words}.`,
    ...(verdict.decided === undefined ? {} : { decidedBy: verdict.decided.step }),
    request: directionOf(seen, seen.request, verdict, 'request'),
    ...(reply.hops.length === 0 ? {} : { reply }),
    agreement,
    why,
    gaps: record.gaps,
  };
};

export const proveTrace = async (
  host: Host,
  graph: Graph,
  trace: Trace,
  order: ProbeOrder,
  tell: (progress: string) => void,
): Promise<LiveAccount | { readonly error: string }> => {
  if (host.probe === undefined) return { error: 'this host is a recording: no packet can be sent there' };
  const record = await host.probe(order, tell);
  return 'error' in record ? record : readProof(graph, trace, order, record);
};
