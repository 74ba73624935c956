/** The host lost its IPv6 default route because forwarding makes the kernel ignore router advertisements. */
import type { Check } from '../check.ts';
import { sysctlOf, where } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';

export const ipv6DefaultRouteLost: Check = {
  id: 'ipv6-default-route-lost',
  severity: 'error',
  about:
    'With IPv6 forwarding on and accept_ra=1 the kernel drops routes learnt from router advertisements and ignores new ones: the host itself ' +
    'loses IPv6. It happens the moment an engine enables IPv6. accept_ra=2 listens to advertisements although the host is a router.',
  not: [
    'a host that never had router advertisements: static or no IPv6',
    'network managers that process advertisements themselves (accept_ra=0)',
    'a default route that is still there',
  ],
  references: ['moby#43466', 'for-linux#1373', 'linux Documentation/networking/ip-sysctl (accept_ra)'],
  needs: ['sysctls', 'routes', 'addresses'],
  find: (view) =>
    view.engines.flatMap(({ netns }) => {
      if (netns === undefined || netns.facts.routes6 === undefined) return [];
      if (netns.facts.routes6.some((route) => route.dst === 'default' && route.type === 'unicast')) return [];
      return netns.links.flatMap((id) => {
        const link = view.link(id);
        if (link === undefined || link.kind === 'bridge' || link.kind === 'veth' || link.kind === 'loopback') return [];
        const { ifname } = link.facts;
        // An address the kernel made from an advertisement: dynamic, and named so by mngtmpaddr.
        const learnt = link.addresses.some(
          (address) =>
            address.family === 'inet6' &&
            address.scope === 'global' &&
            address['dynamic'] === true &&
            address['mngtmpaddr'] === true,
        );
        const forwarding = sysctlOf(netns, `ipv6.conf.${ifname}.forwarding`);
        const accept = sysctlOf(netns, `ipv6.conf.${ifname}.accept_ra`);
        if (!learnt || forwarding !== '1' || accept !== '1') return [];
        const name = `net.ipv6.conf.${ifname}.accept_ra`;
        return {
          subject: ifname,
          title: `The host has lost its IPv6 default route on ${ifname}`,
          why: 'The kernel ignores router advertisements on a forwarding link with accept_ra=1: nobody outside is reached over IPv6.',
          evidence: [
            { fact: `${name} = 1, forwarding = 1`, source: `sysctl ${where(netns)}`, netns: netns.id },
            { fact: 'no default route', source: `ip -6 route ${where(netns)}`, netns: netns.id },
            {
              fact: `${ifname} has an address from router advertisements`,
              source: `ip -6 addr ${where(netns)}`,
              link: link.id,
            },
          ],
          remedies: [
            setSysctl(netns, name, '2', '1', {
              title: `Listen to router advertisements on ${ifname}`,
              changes: 'The default route comes back with the next advertisement.',
              scope: 'link',
            }),
          ],
          affects: ['host' as const],
        };
      });
    }),
};
