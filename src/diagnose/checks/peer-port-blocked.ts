/** A program that keeps a network over several hosts cannot reach its like on another host: the firewall there drops it. */

import type { NetnsNode } from '../../graph/graph.ts';
import type { Socket } from '../../model/socket.ts';
import { tracePacket } from '../../trace/trace-packet.ts';
import type { Check } from '../check.ts';
import { decisionOf, evidenceFor, placeOf, remediesFor } from '../deciding-step.ts';
import { otherHosts } from '../host-subnets.ts';

interface Service {
  readonly comm: RegExp;
  readonly proto: 'tcp' | 'udp';
  readonly port: number;
  /** What stands still without it. */
  readonly what: string;
}

const services: readonly Service[] = [
  { comm: /^bird6?$|^calico-node$/, proto: 'tcp', port: 179, what: 'routes to the blocks of the other host (BGP)' },
  { comm: /^weaver$|^weave-net$/, proto: 'tcp', port: 6783, what: 'the Weave network between the hosts' },
  { comm: /^weaver$|^weave-net$/, proto: 'udp', port: 6783, what: "Weave's slow path (sleeve)" },
  { comm: /^dockerd$/, proto: 'tcp', port: 7946, what: "swarm's gossip: where containers of overlays are" },
  { comm: /^dockerd$/, proto: 'udp', port: 7946, what: "swarm's gossip: where containers of overlays are" },
  { comm: /^flanneld$/, proto: 'udp', port: 8285, what: "flannel's udp backend" },
];

const runs = (home: NetnsNode, { comm, proto, port }: Service): Socket | undefined =>
  (home.facts.sockets ?? []).find(
    (socket) =>
      socket.proto === proto &&
      socket.port === port &&
      !socket.local.startsWith('127.') &&
      socket.processes.some((one) => comm.test(one.comm)),
  );

export const peerPortBlocked: Check = {
  id: 'peer-port-blocked',
  severity: 'error',
  about:
    'Overlays need more than the packets of containers: their programs talk to each other (BIRD on TCP 179, Weave on 6783, swarm on 7946). Where a firewall drops that, routes and ' +
    'entries of the other host never come or grow old, and the fault shows somewhere else.',
  not: [
    'a program that runs on one of the hosts only',
    'hosts that do not see each other: what lies between cannot be told',
    'a program that listens on loopback only',
    'ports that are closed for others than the hosts',
  ],
  references: ['docs.docker.com: ports of overlay networks', 'docs.tigera.io: network requirements', 'moby/moby#29417'],
  needs: ['sockets', 'ruleset', 'routes', 'addresses'],
  hides: ['bgp-routes-absent', 'hosts-flow-blocked'],
  find: (view) => {
    const { home } = view;
    if (home === undefined) return [];
    return otherHosts(view).flatMap((other) =>
      services.flatMap((service) => {
        if (runs(home, service) === undefined || runs(other, service) === undefined) return [];
        const trace = tracePacket(view.graph, {
          from: `host:${other.host}`,
          to: `host:${view.id}:${service.port}/${service.proto}`,
        });
        if ('error' in trace || (trace.request.outcome !== 'dropped' && trace.request.outcome !== 'rejected'))
          return [];
        const decision = decisionOf(view.graph, trace);
        const rule = decision?.step.evidence.rule;
        if (decision === undefined || rule === undefined) return [];
        return {
          subject: `${view.id}/${service.port}`,
          title: `${decision.netns?.name ?? view.id} stops ${service.proto} ${service.port} from ${other.name}: ${placeOf(rule)}`,
          why: `Without it ${service.what} between ${other.name} and ${view.id} is missing or grows old. ${trace.explanation}`,
          evidence: evidenceFor(decision),
          remedies: remediesFor(decision),
          affects: [home.id, other.id],
        };
      }),
    );
  },
};
