/** A packet that should pass does not, for a reason no other check names: the step that decides is the finding. */
import type { Graph } from '../../graph/graph.ts';
import { matchesReplies } from '../../systems/rule-words.ts';
import type { Step } from '../../trace/trace.ts';
import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { type Decision, decisionOf, endingOf, evidenceFor, placeOf, remediesFor } from '../deciding-step.ts';
import { rulesIn } from '../engine-rules.ts';
import type { Problem, Severity } from '../finding.ts';
import { type Flow, failedFlows, prepareFlows, traceFlows } from '../flows.ts';
import { rulesetOf } from '../host-view.ts';

interface Blocked {
  readonly flow: Flow;
  readonly decision: Decision;
}

const layer2: ReadonlySet<Step['kind']> = new Set(['neighbour', 'bridge', 'veth']);

/** What decided, so that one cause is told once however many it hits. */
function causeOf({ step, netns }: Decision): string {
  const { rule, sysctl, route } = step.evidence;
  if (rule !== undefined)
    return `${netns?.id} ${rule.backend} ${rule.family} ${rule.table} ${rule.chain} ${rule.index}`;
  if (sysctl !== undefined) return `${netns?.id} ${sysctl.name}`;
  // Whoever sends it, a frame does not find the one address.
  if (layer2.has(step.kind)) return `layer 2 ${step.packet.dst}`;
  // The same refusal of many addresses has one cause.
  return `${netns?.id} ${step.kind} ${
    route ??
    step.text
      .replaceAll(/\d+\.\d+\.\d+\.\d+/g, '*')
      .replace(/[;(].*$/, '')
      .trim()
  }`;
}

const choosesWho = (text: string) => /(?:^| )(?:! )?-s |--match-set|saddr|--mac-source|--ctorig/.test(text);

/** Whoever lets answers pass first and then drops what comes in by the uplink has closed published ports on purpose. */
function isLock({ step, netns }: Decision): boolean {
  const { rule } = step.evidence;
  const ruleset = netns === undefined ? undefined : rulesetOf(netns);
  if (rule?.chain !== 'DOCKER-USER' || ruleset === undefined) return false;
  const rules = rulesIn(ruleset, 'ip', 'filter', 'DOCKER-USER');
  const own = rules.find((one) => one.rule.index === rule.index);
  return (
    own?.words.in !== undefined &&
    own.words.proto === undefined &&
    rules.some(
      ({ rule: earlier, words }) =>
        earlier.index < rule.index && matchesReplies(words) && (words.target === 'ACCEPT' || words.target === 'RETURN'),
    )
  );
}

/** A rule that somebody wrote about certain senders or inside a container may well be meant. */
function severityOf(graph: Graph, { flow, decision }: Blocked): Severity {
  const { rule } = decision.step.evidence;
  const inside = decision.netns !== undefined && !decision.netns.facts.isHost;
  // A kill switch inside a container, for what it sends itself, is its own affair.
  if (rule !== undefined && inside && flow.kind !== 'neighbour' && flow.kind !== 'published' && flow.kind !== 'host')
    return 'info';
  if (rule !== undefined && flow.kind === 'published' && choosesWho(rule.rule)) return 'info';
  if (rule !== undefined && flow.kind === 'published' && isLock(decision)) return 'info';
  if (decision.step.verdict === 'no-route' && flow.kind === 'out' && decision.netns?.facts.isHost === true)
    return hasDefaultRoute(graph, decision) ? 'error' : 'info';
  return 'error';
}

/**
 * A way out, also that of answers, is followed to an address that stands for all others. Where a router of somebody's making is visible, its netns knows no way
 * to that one address; that says nothing about the real ones.
 */
const isBeyond = (flow: Flow, { netns }: Decision): boolean =>
  (flow.kind === 'out' || flow.kind === 'published') &&
  netns !== undefined &&
  !netns.facts.isHost &&
  netns.containers.length === 0;

const hasDefaultRoute = (graph: Graph, { netns }: Decision) =>
  netns !== undefined && (graph.netns.get(netns.id)?.facts.routes ?? []).some((route) => route.dst === 'default');

function titleOf({ step, netns }: Decision, flows: readonly Flow[]): string {
  const who = listNames(flows.map((flow) => flow.text));
  const { rule, sysctl } = step.evidence;
  const at = netns === undefined || netns.facts.isHost ? '' : ` in ${netns.name}`;
  if (rule !== undefined) return `${placeOf(rule).replace(/^t/, 'T')}${at} stops ${who}`;
  if (sysctl !== undefined) return `${sysctl.name}=${sysctl.value}${at} stops ${who}`;
  return `${who}: ${step.text}`;
}

const endsOf = ({ container, sender }: Flow) => (sender === undefined ? [container.id] : [container.id, sender.id]);

function makeProblem(graph: Graph, group: readonly Blocked[]): Problem {
  const first = group[0]!;
  const flows = group.map(({ flow }) => flow);
  const { rule, sysctl } = first.decision.step.evidence;
  const subject =
    rule === undefined
      ? (sysctl?.name ?? first.flow.container.facts.name)
      : `${rule.table}/${rule.chain}${rule.index === 0 ? '' : `/${rule.index}`}`;
  const severities = group.map((one) => severityOf(graph, one));
  return {
    subject,
    severity: severities.every((severity) => severity === 'info') ? 'info' : 'error',
    title: titleOf(first.decision, flows),
    why: first.flow.trace.explanation.replaceAll(/container:[0-9a-f]{64}/g, first.flow.text.split(' → ')[0]!),
    evidence: evidenceFor(first.decision),
    remedies: remediesFor(
      first.decision,
      group.slice(1).map(({ decision }) => decision),
    ),
    affects: [...new Set(flows.flatMap(endsOf))],
    cases: group.map(({ flow, decision }) => ({
      affects: endsOf(flow),
      kind: flow.kind,
      inReply: decision.inReply,
      endsAt: endingOf(decision),
    })),
  };
}

export const flowBlocked: Check = {
  id: 'flow-blocked',
  severity: 'error',
  about:
    'On a healthy host containers reach the outside, their neighbours and the host reaches them, and published ports are reached from outside. Each ' +
    'such packet is traced through this picture as the kernel would decide; where one does not pass and no other check says why, the step ' +
    'that decides is reported: the rule, the route, the setting or the link.',
  not: [
    'networks that are internal, without masquerading, or with icc=false, where packets are to be stopped',
    'what cannot be told from this picture: unknown is no fault',
    'a container that closes itself to the outside',
    'rules about certain senders, and published ports closed behind a rule that lets answers pass: meant, told as remarks',
    'nobody listening: another check says so',
    'what a netns beyond the host and its containers does with a packet to the outside',
  ],
  references: ['firewalls and routes as traced by `vethscope trace`'],
  needs: ['links', 'addresses', 'routes', 'policyRules', 'sysctls', 'ruleset', 'neighbours'],
  prepare: prepareFlows,
  unasked: (view) => {
    const { unasked } = traceFlows(view);
    return unasked === 0 ? undefined : `${unasked} connections of containers were not tried`;
  },
  find: (view) => {
    const groups = new Map<string, Blocked[]>();
    for (const flow of failedFlows(view)) {
      const decision = decisionOf(view.graph, flow.trace);
      if (decision === undefined || isBeyond(flow, decision)) continue;
      const key = causeOf(decision);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ flow, decision }]);
      else group.push({ flow, decision });
    }
    return [...groups.values()].map((group) => makeProblem(view.graph, group));
  },
};
