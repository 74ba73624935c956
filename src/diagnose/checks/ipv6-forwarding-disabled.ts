/** IPv6 forwarding is off although a network has IPv6 addresses. */

import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { sysctlOf, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

export const ipv6ForwardingDisabled: Check = {
  id: 'ipv6-forwarding-disabled',
  severity: 'error',
  about:
    'Containers on an IPv6 network reach nobody beyond the host while net.ipv6.conf.all.forwarding is 0. The engine switches it on when it makes ' +
    'the network. Switching it on makes the kernel ignore router advertisements on links with accept_ra=1, which can take the host’s own ' +
    'IPv6 default route away.',
  not: ['no running container with an IPv6 address', 'internal networks', 'IPv6 switched off on the host'],
  references: ['moby#43466', 'linux Documentation/networking/ip-sysctl (accept_ra)'],
  needs: ['sysctls'],
  leadsTo: 'setting',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ engine, netns, bridges }) => {
      if (engine.rootless || sysctlOf(netns, 'ipv6.conf.all.forwarding') !== '0') return [];
      const concerned = bridges.filter(
        ({ network, attachments }) =>
          network.facts.enableIpv6 &&
          !network.facts.internal &&
          attachments.some(({ endpoint }) => (endpoint.ipv6 ?? '') !== ''),
      );
      if (concerned.length === 0) return [];
      return {
        subject: 'this host',
        title: 'IPv6 forwarding is switched off',
        why: `Containers of ${listNames(concerned.map(({ network }) => network.facts.name))} reach nobody beyond the host over IPv6.`,
        evidence: [
          {
            fact: 'net.ipv6.conf.all.forwarding = 0',
            source: `sysctl ${where(netns)}`,
            ...(netns === undefined ? {} : { netns: netns.id }),
          },
        ],
        remedies: [
          guided({
            title: 'Switch IPv6 forwarding on, keeping router advertisements',
            changes: 'The host forwards IPv6 packets; accept_ra=2 on the uplink keeps its own default route.',
            scope: 'host',
            risk: 'Without accept_ra=2 first, the host can lose its IPv6 default route and the connection you work over.',
            riskLevel: 'high',
            cutsConnection: true,
            persistence: 'Lasts until the next reboot; to keep it: both lines in /etc/sysctl.d.',
            steps: ['sysctl -w net.ipv6.conf.UPLINK.accept_ra=2', 'sysctl -w net.ipv6.conf.all.forwarding=1'],
          }),
        ],
        affects: concerned.flatMap(affectsNetwork),
      };
    }),
};
