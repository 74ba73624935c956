/** Two hosts send to each other's tunnels, but what the one sends no link of the other takes: another number, another port, down. */

import { buildWorld } from '../../trace/build-world.ts';
import { type Tunnel, tunnelName } from '../../trace/tunnels/tunnel.ts';
import { allTunnels } from '../../trace/tunnels/tunnel-ends.ts';
import type { Check } from '../check.ts';
import type { Evidence } from '../finding.ts';
import type { HostView } from '../host-view.ts';
import { guided } from '../remedies.ts';
import { settingsOf, type TunnelPath, tunnelPaths } from '../tunnel-paths.ts';

/** What both ends must agree on; a switch's port besides takes packets of its own other end only. */
const settingsWords = (tunnel: Tunnel): string => {
  const { switch: ovs, remote, port, link } = tunnel;
  const to = ovs === undefined || remote === undefined ? '' : `, other end ${remote}`;
  return `${link.facts.ifname}: ${tunnelName(tunnel)}, port ${port ?? '-'}${to}`;
};

/** The other host's tunnels of the same kind, as `ip -d link` shows them. */
const others = (view: HostView, { end, to }: TunnelPath): readonly Evidence[] =>
  allTunnels(buildWorld(view.graph))
    .filter((other) => other.outer === to.id && other.tunnel.kind === end.tunnel.kind)
    .map((other) => ({
      fact: `${settingsWords(other.tunnel)}, ${other.tunnel.link.state}`,
      source: settingsOf(view, other),
      link: other.tunnel.shown,
    }));

export const tunnelEndsDisagree: Check = {
  id: 'tunnel-ends-disagree',
  severity: 'error',
  about:
    'Both ends of a VXLAN must have the same network number (VNI) and the same UDP port, both ends of a GRE tunnel the same key, and both links must be up; a port of Open vSwitch besides takes packets of its remote_ip only. A host that receives a number or a ' +
    'port it has no link for drops the packet without a word: the Linux default port is 8472, the standard one 4789, and a network made anew on one host ' +
    'gets another number.',
  not: [
    'overlays that one of the hosts takes no part in: nobody sends to it there',
    'several overlays on one host, each with its own number',
    'other ends that are not in the picture',
  ],
  references: ['man 8 ip-link (vxlan)', 'linux: vxlan_rcv, vxlan_stop'],
  needs: ['links', 'addresses'],
  hides: ['hosts-flow-blocked', 'overlay-entry-missing'],
  find: (view) =>
    tunnelPaths(view).flatMap((path) => {
      const { end, remote, to, arrival } = path;
      const step = arrival.flight.journal?.step;
      if (arrival.outcome !== 'dropped' || step?.kind !== 'tunnel') return [];
      const { link } = end.tunnel;
      return {
        subject: `${view.id}/${link.facts.ifname}`,
        title: `${to.name} drops what ${link.facts.ifname} of ${view.id} sends: ${step.text}`,
        why: `${link.facts.ifname} sends ${tunnelName(end.tunnel)} to ${remote.address}, where it ends: nothing of the overlay passes from ${view.id} to ${to.name}.`,
        evidence: [
          {
            fact: settingsWords(end.tunnel),
            source: settingsOf(view, end),
            link: end.tunnel.shown,
          },
          ...others(view, path),
        ],
        remedies: [
          guided({
            title: 'Make both ends alike',
            changes: 'Both links get the same number and port, or are set up.',
            scope: 'network',
            risk: 'The overlay of the host whose link is made anew stands still until it is done.',
            riskLevel: 'medium',
            persistence: 'As long as the system that makes the links is told so in its own settings.',
            steps: [
              'Decide which of the two is right: compare with a host on which the overlay works.',
              'Set number and port in the settings of the system that made the link (flannel: VNI and Port of its backend; Docker: make the network anew).',
              end.tunnel.switch === undefined
                ? 'Let it make the link anew: number and port of a VXLAN link cannot be changed.'
                : `Open vSwitch: ovs-vsctl set interface ${link.facts.ifname} options:key=… options:remote_ip=… options:dst_port=… on the host that is wrong.`,
            ],
          }),
        ],
        affects: [end.tunnel.shown],
      };
    }),
};
