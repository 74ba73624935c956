/** A Calico host has not learnt the blocks of another one: its BGP session does not stand. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { otherHosts, overlaps, routesOnward, subnetsOf } from '../host-subnets.ts';
import type { HostView } from '../host-view.ts';
import { guided } from '../remedies.ts';

const isWorkload = /^cali[0-9a-f]{11}$/;

const runsCalico = (view: HostView, home: NetnsNode): boolean =>
  home.links.some((id) => isWorkload.test(view.link(id)?.facts.ifname ?? ''));

const isBlock = (view: HostView, home: NetnsNode) => subnetsOf(view, home).filter(({ bridge }) => bridge === undefined);

export const bgpRoutesAbsent: Check = {
  id: 'bgp-routes-absent',
  severity: 'error',
  about:
    'Calico hosts tell each other by BGP (BIRD, TCP port 179) which block of addresses each has. Without the session no route to the other’s block appears, and workloads ' +
    'of the two hosts cannot reach each other, while those of one host can.',
  not: [
    'a host alone, which has nobody to learn from',
    'a host without workloads or without a block of its own',
    'blocks that are reached through a tunnel or a larger route',
  ],
  references: ['docs.tigera.io: BGP peering', 'projectcalico/calico#2561'],
  needs: ['links', 'routes'],
  hides: ['hosts-flow-blocked', 'host-route-missing'],
  find: (view) => {
    const { home } = view;
    if (home === undefined || !runsCalico(view, home)) return [];
    return otherHosts(view)
      .filter((other) => runsCalico(view, other))
      .flatMap((other) =>
        isBlock(view, other)
          .filter(({ prefix }) => !routesOnward(home).some((route) => overlaps(route.prefix, prefix)))
          .map(({ text }) => ({
            subject: `${view.id}/${text}`,
            title: `${view.id} has not learnt the route to ${text}, the block of ${other.name}`,
            why: `Workloads of ${view.id} do not reach those of ${other.name}: without a route from BIRD their packets take the default route.`,
            evidence: [
              { fact: `no route to ${text}`, source: `ip route (${home.name})`, netns: home.id },
              { fact: `blackhole ${text}`, source: `ip route (${other.name})`, netns: other.id },
            ],
            remedies: [
              guided({
                title: 'Bring the BGP session up',
                changes: 'BIRD learns the block and writes the route.',
                scope: 'network',
                risk: 'Nobody is interrupted.',
                riskLevel: 'low',
                persistence: 'As long as the session stands.',
                steps: [
                  '`calicoctl node status` on both hosts: the peer must be Established.',
                  'TCP port 179 must be open between the hosts: `vethscope trace host:A host:B:179/tcp`.',
                  'The address each host announces must be one the other reaches (IP_AUTODETECTION_METHOD).',
                ],
              }),
            ],
            affects: [home.id, other.id],
          })),
      );
  },
};
