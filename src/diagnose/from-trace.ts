/** Why does this connection fail? From a trace's deciding step to findings, also when no check foresaw it. */
import type { Graph } from '../graph/graph.ts';
import type { ContainerId } from '../model/ids.ts';
import type { Trace } from '../trace/trace.ts';
import { tracePacket } from '../trace/trace-packet.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';
import { decisionOf, evidenceFor, placeOf, remediesFor } from './deciding-step.ts';
import { type DiagnoseOptions, diagnoseWithAffected, type HostDiagnosis } from './diagnose.ts';
import type { Affected, Diagnosis, Finding } from './finding.ts';

export interface ConnectionDiagnosis extends Diagnosis {
  readonly trace: Trace;
}

const words: Readonly<Record<string, string>> = {
  dropped: 'is dropped',
  rejected: 'is rejected',
  'no-route': 'finds no route',
  'no-neighbour': 'finds no neighbour',
  'no-listener': 'arrives where nobody listens',
  loop: 'goes round in circles',
  unknown: 'cannot be told to arrive',
};

/** undefined: the connection works, as far as this picture shows. */
export function findingFromTrace(graph: Graph, trace: Trace): Finding | undefined {
  if (trace.outcome === 'delivered') return undefined;
  const decision = decisionOf(graph, trace);
  const rule = decision?.step.evidence.rule;
  const by = rule === undefined ? '' : `: ${placeOf(rule)}${rule.madeBy === undefined ? '' : ` of ${rule.madeBy}`}`;
  return {
    id: `connection:${trace.from}-${trace.to}`.replace(/[^A-Za-z0-9_.:/-]+/g, '-'),
    check: 'connection',
    severity: trace.outcome === 'unknown' ? 'info' : 'error',
    subject: `${trace.from} → ${trace.to}`,
    title: `${decision?.inReply === true ? 'The answer of' : 'The packet from'} ${decision?.inReply === true ? trace.to : trace.from} ${words[trace.outcome]}${by}`,
    why: trace.explanation,
    evidence: decision === undefined ? [] : evidenceFor(decision),
    remedies: decision === undefined ? [] : remediesFor(decision).map((remedy, index) => ({ n: index + 1, ...remedy })),
    hides: [],
    references: [],
  };
}

/** Objects the packet and its answer met: what is wrong with one of them may be the reason. */
function touched(graph: Graph, trace: Trace): ReadonlySet<Affected> {
  const objects = new Set<Affected>(['host']);
  for (const hop of [...trace.request.hops, ...(trace.reply?.hops ?? [])]) {
    objects.add(hop.netns);
    const containers: readonly ContainerId[] =
      graph.netns.get(hop.netns)?.facts.isHost === true ? [] : (graph.netns.get(hop.netns)?.containers ?? []);
    for (const container of containers) objects.add(container);
    for (const step of hop.steps) if (step.link !== undefined) objects.add(step.link);
  }
  for (const name of [trace.from, trace.to]) {
    const bare = name.replace(/^container:/, '').replace(/[:/].*$/, '');
    for (const node of graph.containers.values())
      if (node.facts.name === bare || node.facts.fullId === bare) objects.add(node.id);
  }
  return objects;
}

/**
 * Findings that concern this connection first; the one made from the deciding step leads when no check explains it. A connection that works
 * has only remarks about what it meets.
 */
export function diagnoseConnection(
  graph: Graph,
  question: TraceQuestion,
  options: DiagnoseOptions = {},
  known: HostDiagnosis = diagnoseWithAffected(graph, options),
): ConnectionDiagnosis | { readonly error: string } {
  const trace = tracePacket(graph, question);
  if ('error' in trace) return trace;
  const { diagnosis, affects } = known;
  const objects = touched(graph, trace);
  const concerns = (finding: Finding) => (affects.get(finding.id) ?? []).some((object) => objects.has(object));
  const own = findingFromTrace(graph, trace);
  const related = diagnosis.findings.filter(concerns);
  const explains = related.some((finding) => finding.severity === 'error' || finding.severity === 'warning');
  if (own === undefined) return { ...diagnosis, trace, findings: related };
  return { ...diagnosis, trace, findings: explains ? [...related, own] : [own, ...related] };
}
