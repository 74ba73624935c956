/** A packet between containers of two hosts does not pass, for a reason no other check names. */

import type { Arrival } from '../../trace/flight.ts';
import type { Check } from '../check.ts';
import { type Decision, decisionOf, evidenceFor, placeOf, remediesFor } from '../deciding-step.ts';
import type { Affected } from '../finding.ts';
import { type HostFlow, traceHostFlows } from '../host-flows.ts';
import { buildHostView, type HostView } from '../host-view.ts';
import { tunnelPaths } from '../tunnel-paths.ts';

const failed = new Set(['dropped', 'rejected', 'no-route', 'no-neighbour', 'loop']);

const causeOf = ({ step, netns }: Decision): string => {
  const { rule, sysctl } = step.evidence;
  const what =
    rule === undefined
      ? (sysctl?.name ?? step.text.replaceAll(/\d+\.\d+\.\d+\.\d+|([0-9a-f]{2}:){5}[0-9a-f]{2}/g, '*'))
      : `${rule.table} ${rule.chain} ${rule.index}`;
  return `${netns?.id} ${step.kind} ${what}`;
};

const touched = ({ from, to, trace }: HostFlow): readonly Affected[] => {
  const links = [trace.request, trace.reply].flatMap((direction) =>
    (direction?.hops ?? []).flatMap((hop) =>
      hop.steps.flatMap((step) => (step.kind === 'tunnel' ? (step.link ?? []) : [])),
    ),
  );
  return [...new Set<Affected>([...from.containers, ...to.containers, from.id, to.id, ...links])];
};

/** The same two the other way round do not reach each other either. */
const failsBack = (other: HostView, { from, to }: HostFlow): boolean =>
  traceHostFlows(other).some(
    (back) =>
      back.from.id === to.id &&
      back.to.id === from.id &&
      back.trace.request.outcome !== 'delivered' &&
      failed.has(back.trace.outcome),
  );

/** What stops answers here stops the other host's own packets too, and is told there. */
const isTold = (view: HostView, flow: HostFlow, decision: Decision): boolean =>
  decision.inReply &&
  view.graph.snapshots
    .filter((snapshot) => snapshot.host.id !== view.id)
    .map((snapshot) => buildHostView(view.graph, snapshot))
    .some(
      (other) =>
        failsBack(other, flow) ||
        tunnelPaths(other)
          .map(({ arrival }) => arrivalDecision(other, arrival))
          .some((one) => one !== undefined && causeOf(one) === causeOf(decision)),
    );

const arrivalDecision = (view: HostView, { outcome, flight }: Arrival): Decision | undefined => {
  const last = flight.journal;
  const netns = view.netnsOf(last?.netns);
  return last === undefined || !failed.has(outcome) || netns === undefined
    ? undefined
    : { step: last.step, inReply: false, netns };
};

export const hostsFlowBlocked: Check = {
  id: 'hosts-flow-blocked',
  severity: 'error',
  about:
    'Where a route or an overlay leads from one host to containers of another, packets are to arrive and answers to come back. Some are traced over both hosts as their kernels would ' +
    'decide; where one does not pass, the step that decides is reported, with the host it is on.',
  not: [
    'containers that no route and no overlay connects',
    'what cannot be told: unknown is no fault',
    'ports on which nobody listens',
  ],
  references: ['firewalls and routes as traced by `vethscope trace`'],
  needs: ['links', 'addresses', 'routes', 'policyRules', 'sysctls', 'ruleset', 'neighbours'],
  find: (view) => {
    const groups = new Map<string, { readonly decision: Decision; readonly flows: HostFlow[] }>();
    for (const flow of traceHostFlows(view)) {
      const decision = failed.has(flow.trace.outcome) ? decisionOf(view.graph, flow.trace) : undefined;
      if (decision === undefined || isTold(view, flow, decision)) continue;
      const group = groups.get(causeOf(decision));
      if (group === undefined) groups.set(causeOf(decision), { decision, flows: [flow] });
      else group.flows.push(flow);
    }
    return [...groups.values()].map(({ decision, flows }) => {
      const { from, to, trace } = flows[0]!;
      const { rule } = decision.step.evidence;
      const by = rule === undefined ? decision.step.text : `${placeOf(rule)} of ${decision.netns?.name ?? view.id}`;
      return {
        subject: `${from.name}-${to.name}`,
        title: `${from.name} → ${to.name}: ${by}`,
        why: trace.explanation.replace(trace.from, from.name).replace(trace.to, to.name),
        evidence: evidenceFor(decision),
        remedies: remediesFor(decision),
        affects: [...new Set(flows.flatMap(touched))],
      };
    });
  },
};
