/** A container asks 127.0.0.11 for names, and nothing leads the question to the engine's resolver. */
import type { ContainerNode, NetnsNode } from '../../graph/graph.ts';
import type { RuleRef } from '../../trace/trace.ts';
import { tracePacket } from '../../trace/trace-packet.ts';
import type { Check } from '../check.ts';
import { decisionOf, evidenceFor, placeOf, remediesFor } from '../deciding-step.ts';
import { leadsToResolver } from '../embedded-resolver.ts';
import type { Problem } from '../finding.ts';
import { failedFlows } from '../flows.ts';
import { type HostView, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

const asksEmbedded = (resolvConf: string | undefined) => /^\s*nameserver\s+127\.0\.0\.11\s*$/m.test(resolvConf ?? '');

const mayStop = /-j (?:DROP|REJECT)|^:\w+ DROP|"(?:drop|reject)"/m;

/** The same policy stops what others want of it. */
const stopsNeighbours = (view: HostView, netns: NetnsNode, rule: RuleRef): boolean =>
  failedFlows(view).some(({ kind, trace }) => {
    const other = kind === 'out' ? undefined : decisionOf(view.graph, trace);
    const at = other?.step.evidence.rule;
    return other?.netns?.id === netns.id && at?.table === rule.table && at.chain === rule.chain && at.index === 0;
  });

/** Rules inside that stop the question on its way, or the answer; only such rules are worth a trace. */
function stoppedInside(view: HostView, container: ContainerNode, netns: NetnsNode): readonly Problem[] {
  const { present: _, ...texts } = netns.facts.ruleset ?? {};
  if (!Object.values(texts).some((text) => typeof text === 'string' && mayStop.test(text))) return [];
  const { name, fullId } = container.facts;
  const { graph } = view;
  const trace = tracePacket(graph, { from: `container:${fullId}`, to: '127.0.0.11:53/udp' });
  if ('error' in trace || (trace.outcome !== 'dropped' && trace.outcome !== 'rejected')) return [];
  const decision = decisionOf(graph, trace);
  const rule = decision?.step.evidence.rule;
  if (decision === undefined || rule === undefined || decision.netns?.id !== netns.id) return [];
  // A container that lets nothing in or out at all is told as such: names are the least of it.
  if (rule.index === 0 && stopsNeighbours(view, netns, rule)) return [];
  return [
    {
      subject: name,
      title: `${name} cannot resolve names: ${placeOf(rule)} inside it stops what it asks 127.0.0.11`,
      why: `The engine's resolver listens inside ${name}, and ${name}'s own rules keep questions from it.`,
      evidence: [
        { fact: 'nameserver 127.0.0.11', source: `/etc/resolv.conf (${name})`, container: container.id },
        ...evidenceFor(decision),
      ],
      remedies: remediesFor(decision),
      affects: [container.id],
    },
  ];
}

export const embeddedDnsUnreachable: Check = {
  id: 'embedded-dns-unreachable',
  severity: 'error',
  about:
    'On a user-defined network the engine’s resolver listens inside the container on random ports of 127.0.0.11, and rules in the container’s own netns ' +
    'lead port 53 there. A firewall or VPN program inside that flushes table nat cuts it off: "connection refused" from 127.0.0.11.',
  not: [
    'the default bridge, where no resolver of the engine is',
    'another name server in resolv.conf',
    'rules that were not read',
    'Podman, whose resolver listens on the gateway',
    'rules inside that stop other packets',
  ],
  references: ['moby#40428', 'moby libnetwork/resolver_unix.go'],
  needs: [],
  hides: [],
  find: (view) =>
    view.engines.flatMap(({ engine, running }) =>
      running.flatMap((container) => {
        const netns = view.netnsOf(container.netns);
        if (
          engine.kind !== 'docker' ||
          netns === undefined ||
          netns.facts.isHost ||
          container.facts.mode === 'container'
        )
          return [];
        if (!asksEmbedded(container.facts.files?.resolvConf)) return [];
        const led = leadsToResolver(view, netns);
        if (led === undefined) return [];
        if (led) return stoppedInside(view, container, netns);
        const { name } = container.facts;
        return {
          subject: name,
          title: `${name} cannot resolve names: its rules for the engine's resolver are gone`,
          why: `It asks 127.0.0.11 port 53, where nobody listens: the rules that lead the question to the resolver's real port are missing.`,
          evidence: [
            { fact: 'nameserver 127.0.0.11', source: `/etc/resolv.conf (${name})`, container: container.id },
            {
              fact: 'no DNAT rule for 127.0.0.11',
              source: `iptables-save and nft list ruleset ${where(netns)}`,
              netns: netns.id,
            },
          ],
          remedies: [
            guided({
              title: `Restart ${name}`,
              changes: 'The engine writes the rules anew.',
              scope: 'container',
              risk: `${name} is down for a moment.`,
              riskLevel: 'medium',
              persistence: 'Until the program inside flushes them again.',
              commands: [{ argv: ['docker', 'restart', name] }],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
