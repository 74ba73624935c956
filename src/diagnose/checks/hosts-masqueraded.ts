/** Packets between containers of two hosts lose the container's address on the way: the other end sees the host. */
import type { Check } from '../check.ts';
import { evidenceFor } from '../deciding-step.ts';
import type { HostFlow } from '../host-flows.ts';
import { traceHostFlows } from '../host-flows.ts';
import { guided } from '../remedies.ts';

/** The rule that gave the request another source. An outer packet's source is the host's by nature; the one inside keeps its own. */
const maskedBy = ({ trace, address }: HostFlow) => {
  const first = trace.request.hops[0]?.steps[0]?.packet.src;
  for (const hop of trace.request.hops) {
    const at = hop.steps.findIndex(
      ({ kind, packet }) => kind === 'nat' && packet.src !== first && packet.dst === address,
    );
    const rule = hop.steps.slice(0, Math.max(at, 0)).findLast((step) => step.evidence.rule?.table === 'nat');
    if (at >= 0 && rule !== undefined) return { hop, step: rule, source: hop.steps[at]!.packet.src };
  }
  return undefined;
};

export const hostsMasqueraded: Check = {
  id: 'hosts-masqueraded',
  severity: 'warning',
  about:
    'The engine masquerades what leaves its bridge, also towards containers of other hosts, unless it is told not to (ip-masq=false with flannel, an exception for the other subnets). ' +
    'Connections work, but the other side sees the host’s address: rules, policies and logs there are about the wrong sender.',
  not: [
    'masquerading of what leaves for the outside',
    'the outer packets of a tunnel, which are the host’s own',
    'a host that reaches the other host itself',
  ],
  references: ['flannel-io/flannel#318', 'docs.docker.com: ip-masq'],
  needs: ['links', 'addresses', 'routes', 'ruleset', 'sysctls'],
  find: (view) => {
    const told = new Set<string>();
    return traceHostFlows(view).flatMap((flow) => {
      const masked = maskedBy(flow);
      const rule = masked?.step.evidence.rule;
      if (masked === undefined || rule === undefined) return [];
      const key = `${masked.hop.netns} ${rule.table} ${rule.chain} ${rule.index}`;
      if (told.has(key)) return [];
      told.add(key);
      const netns = view.netnsOf(masked.hop.netns);
      return {
        subject: `${netns?.name ?? view.id}/${rule.chain}`,
        title: `${flow.to.name} sees ${masked.source} instead of ${flow.from.name}`,
        why: `Packets from ${flow.from.name} to ${flow.to.name} are given the address of their host by ${rule.table} ${rule.chain} rule ${rule.index}: who sends can no longer be told there.`,
        evidence: evidenceFor({ step: masked.step, inReply: false, ...(netns === undefined ? {} : { netns }) }),
        remedies: [
          guided({
            title: 'Leave packets to the other hosts their own address',
            changes: 'Packets for the subnets of the other hosts are not masqueraded any more.',
            scope: 'host',
            risk: 'Where the other host has no route back to this subnet, connections that worked through the host’s address fail.',
            riskLevel: 'medium',
            persistence: 'For good, when it stands in the engine’s settings.',
            steps: [
              'First make sure that the other hosts have a route to this subnet.',
              'With flannel: start docker with ip-masq=false (flanneld --ip-masq masquerades only what leaves the network).',
              'With static routes: an exception before the rule (`iptables -t nat -I POSTROUTING -s SUBNET -d OTHER -j ACCEPT`).',
            ],
          }),
        ],
        affects: [flow.from.id, flow.to.id],
      };
    });
  },
};
