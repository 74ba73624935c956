/** What a tunnel sends does not get into the other host: a rule, a missing route or an unanswered neighbour stops it. */
import { tunnelName } from '../../trace/tunnels/tunnel.ts';
import type { Check } from '../check.ts';
import { type Decision, evidenceFor, placeOf, remediesFor } from '../deciding-step.ts';
import type { HostView } from '../host-view.ts';
import { settingsOf, type TunnelPath, tunnelPaths } from '../tunnel-paths.ts';

const failed = new Set(['dropped', 'rejected', 'no-route', 'no-neighbour', 'loop']);

const decisionOf = (view: HostView, { arrival }: TunnelPath): Decision | undefined => {
  const last = arrival.flight.journal;
  if (last === undefined || !failed.has(arrival.outcome) || last.step.kind === 'tunnel') return undefined;
  const netns = view.netnsOf(last.netns);
  return { step: last.step, inReply: false, ...(netns === undefined ? {} : { netns }) };
};

export const tunnelBlocked: Check = {
  id: 'tunnel-blocked',
  severity: 'error',
  about:
    'An overlay network carries the packets of containers inside UDP (VXLAN: port 4789, with flannel 8472 or 8285, with Weave 6784 or 6783) or IP packets between the ' +
    'hosts. Where a firewall of either host drops those, or no way leads to the other host, every connection through the overlay fails while each ' +
    'host looks healthy on its own.',
  not: [
    'other ends that are not in the picture, and addresses that several hosts have',
    'a tunnel whose outer packets pass, though what is inside is dropped behind it',
    'a port closed for others than the hosts of the overlay',
    'a tunnel that is down, which sends nothing',
  ],
  references: ['moby/moby#29417', 'flannel-io/flannel#871', 'docs.docker.com: ports of overlay networks'],
  needs: ['links', 'addresses', 'routes', 'ruleset', 'sysctls'],
  hides: ['hosts-flow-blocked'],
  find: (view) =>
    tunnelPaths(view).flatMap((path) => {
      const decision = decisionOf(view, path);
      if (decision === undefined) return [];
      const { end, remote, to } = path;
      const { rule } = decision.step.evidence;
      const by = rule === undefined ? decision.step.text : `${placeOf(rule)} of ${decision.netns?.name ?? to.name}`;
      const port = end.tunnel.port === undefined ? `IP protocol ${end.tunnel.proto}` : `udp ${end.tunnel.port}`;
      return {
        subject: `${view.id}/${end.tunnel.link.facts.ifname}`,
        title: `${tunnelName(end.tunnel)} from ${view.id} does not get into ${to.name}: ${by}`,
        why: `${end.tunnel.link.facts.ifname} sends to ${remote.address} (${port}), and its packets are lost there or on the way: nothing of the overlay passes from ${view.id} to ${to.name}.`,
        evidence: [
          {
            fact: remote.entry ?? `${end.tunnel.link.facts.ifname} sends to ${remote.address}`,
            source:
              remote.entry === undefined || end.tunnel.daemon !== undefined
                ? settingsOf(view, end)
                : `bridge fdb (${view.netnsOf(end.tunnel.link.netns)?.name ?? view.id})`,
            link: end.tunnel.shown,
          },
          ...evidenceFor(decision),
        ],
        remedies: remediesFor(decision),
        affects: [end.tunnel.shown],
      };
    }),
};
