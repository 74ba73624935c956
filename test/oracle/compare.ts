/** Does what was predicted agree with what was seen? */
import type { Trace } from '../../src/trace/trace.ts';
import type { Probe } from './random-probes.ts';
import type { Observation } from './send-probes.ts';

export type Agreement =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'disagrees'; readonly why: string };

const disagrees = (why: string): Agreement => ({ kind: 'disagrees', why });

/** Outcomes after which the sender may be told that its packet did not arrive. */
const told: ReadonlySet<string> = new Set(['rejected', 'no-route', 'no-listener', 'no-neighbour', 'loop']);

const compareArrival = (
  trace: Trace,
  observed: Observation,
  probe: Probe,
  nameOf: (netns: string) => string,
): Agreement => {
  const last = trace.request.hops.at(-1)!;
  const { packet } = last.steps.at(-1)!;
  const { received } = observed;
  if (received === undefined) return disagrees('predicted to arrive, but nobody got it');
  // It arrives in any case; where, the trace says it cannot know.
  if (trace.parted !== undefined) return { kind: 'agrees' };
  if (received.netns !== nameOf(last.netns))
    return disagrees(`arrived in ${received.netns}, predicted ${nameOf(last.netns)}`);
  if (received.from.address !== packet.src)
    return disagrees(`arrived from ${received.from.address}, predicted ${packet.src}`);
  const portKnown = probe.proto !== 'icmp' && packet.sport !== undefined;
  if (portKnown && received.from.port !== packet.sport)
    return disagrees(`arrived from port ${received.from.port}, predicted ${packet.sport}`);
  return { kind: 'agrees' };
};

export const compare = (
  trace: Trace,
  observed: Observation,
  probe: Probe,
  nameOf: (netns: string) => string,
): Agreement => {
  if (trace.outcome === 'unknown') return { kind: 'unknown', reason: trace.decidedBy?.dependsOn ?? trace.explanation };
  if (trace.outcome === 'delivered') {
    const arrival = compareArrival(trace, observed, probe, nameOf);
    if (arrival.kind !== 'agrees') return arrival;
    return observed.replied
      ? arrival
      : disagrees(`predicted an answer, but none came (${observed.error ?? 'silence'})`);
  }
  if (observed.replied) return disagrees(`predicted ${trace.outcome}, but an answer came`);
  if (trace.request.outcome === 'delivered') {
    // A TCP server sees a connection only when its answer gets back.
    return probe.proto === 'tcp' ? { kind: 'agrees' } : compareArrival(trace, observed, probe, nameOf);
  }
  if (observed.received !== undefined)
    return disagrees(`predicted ${trace.outcome}, but ${observed.received.netns} got it`);
  if (observed.error !== undefined && !told.has(trace.outcome) && !observed.local) {
    return disagrees(`predicted ${trace.outcome} without a word, but the sender was told ${observed.error}`);
  }
  return { kind: 'agrees' };
};
