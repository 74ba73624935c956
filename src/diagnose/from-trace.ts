/** Why does this connection fail? From a trace's deciding step to findings, also when no check foresaw it. */
import type { Graph } from '../graph/graph.ts';
import type { Trace } from '../trace/trace.ts';
import { tracePacket } from '../trace/trace-packet.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';
import { allChecks } from './checks/all-checks.ts';
import { flowBlocked } from './checks/flow-blocked.ts';
import { decisionOf, endingOf, evidenceFor, placeOf, remediesFor } from './deciding-step.ts';
import { type DiagnoseOptions, diagnoseWithAffected, type HostDiagnosis } from './diagnose.ts';
import type { Affected, Diagnosis, Finding } from './finding.ts';
import { explains, type Found } from './fold.ts';

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
  const objects = new Set<Affected>();
  for (const hop of [...trace.request.hops, ...(trace.reply?.hops ?? [])]) {
    const netns = graph.netns.get(hop.netns);
    if (netns?.facts.isHost !== true) for (const one of [hop.netns, ...(netns?.containers ?? [])]) objects.add(one);
    for (const step of hop.steps) if (step.link !== undefined) objects.add(step.link);
  }
  for (const name of [trace.from, trace.to]) {
    const bare = name.replace(/^container:/, '').replace(/[:/].*$/, '');
    // `fd00::2`, `[fd00::2]:80/tcp`.
    const six = name.replace(/^\[([^\]]*)\].*$/, '$1');
    for (const node of graph.containers.values()) {
      const { name: own, fullId, endpoints } = node.facts;
      const addresses = endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]);
      if (own === bare || fullId === bare || addresses.includes(bare) || addresses.includes(six)) objects.add(node.id);
    }
  }
  // A published port stands for the container behind it, though the packet may not get that far.
  const [, port] = /:(\d+)(?:\/\w+)?$/.exec(trace.to) ?? [];
  for (const { published, container } of graph.ports) if (String(published.hostPort) === port) objects.add(container);
  return objects;
}

const checks = new Map(allChecks.map((check) => [check.id, check]));

const withoutAddresses = (text: string): string => text.replaceAll(/\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]+/g, '*');

/** `net.ipv4.conf.br-app.route_localnet = 0` as a refused route words it: `route_localnet is 0`. */
const inWords = (fact: string): string | undefined => {
  const [, name, value] = /^net\..*\.(\w+) = (\S+)$/.exec(fact) ?? [];
  return name === undefined ? undefined : `${name} is ${value}`;
};

/** Another finding rests on the very step, rule or setting that decides here: it is told once. */
const isSame = (finding: Finding, own: Finding): boolean =>
  own.evidence.some((mine) =>
    finding.evidence.some(({ fact, source }) => {
      const setting = inWords(fact);
      return (
        (withoutAddresses(fact) === withoutAddresses(mine.fact) && source === mine.source) ||
        (setting !== undefined && mine.fact.includes(setting))
      );
    }),
  );

/**
 * Findings that concern this connection: those that explain it first, with the one made from the deciding step folded under them; where none does, that
 * one leads. A connection that works has only remarks about what it meets.
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
  const concerns = (finding: Finding) =>
    (affects.get(finding.id) ?? []).some((object) => object === 'host' || objects.has(object));
  const own = findingFromTrace(graph, trace);
  const related = diagnosis.findings.filter(concerns);
  if (own === undefined) return { ...diagnosis, trace, findings: related };
  const decision = decisionOf(graph, trace);
  // Where another netns stops the request, it may do so for what one before did to it.
  const isBefore = ({ evidence }: Finding): boolean =>
    decision?.inReply === true || !evidence.some(({ netns }) => netns !== undefined && netns === decision?.netns?.id);
  const symptomFor = (finding: Finding): Found => ({
    finding: own,
    check: flowBlocked,
    affects: [...objects],
    cases: [
      {
        affects: [...objects],
        inReply: isBefore(finding),
        endsAt: decision === undefined ? 'elsewhere' : endingOf(decision),
      },
    ],
  });
  const isCause = (finding: Finding): boolean => {
    const check = checks.get(finding.check);
    if (check === undefined || finding.severity === 'info') return false;
    const root = { finding, check, affects: affects.get(finding.id) ?? [] };
    return isSame(finding, own) || explains(root, symptomFor(finding));
  };
  const [cause, ...causes] = related.filter(isCause);
  // That nobody can tell whether it arrives says less than any fault on its way.
  const faults = own.severity === 'info' ? related.filter(({ severity }) => severity !== 'info') : [];
  if (cause === undefined)
    return { ...diagnosis, trace, findings: [...faults, own, ...related.filter((one) => !faults.includes(one))] };
  const others = related.filter((finding) => finding !== cause && !causes.includes(finding));
  return {
    ...diagnosis,
    trace,
    findings: [{ ...cause, hides: [...cause.hides, own.id] }, ...causes, ...others],
    folded: [...diagnosis.folded, own],
  };
}
