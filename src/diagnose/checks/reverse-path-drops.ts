/** Packets are dropped because the way back to their sender is another link (rp_filter). */
import type { Check } from '../check.ts';
import { sysctlOf, where } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';
import { risen, risenEvidence } from '../rising.ts';

export const reversePathDrops: Check = {
  id: 'reverse-path-drops',
  severity: 'warning',
  comparesPictures: true,
  about:
    'With rp_filter=1 a packet is dropped when the route back to its source leads by another link than it came in by: on hosts with several ' +
    'uplinks, VPNs, or macvlan beside bridges, traffic goes one way only. The kernel counts each such packet.',
  not: [
    'rp_filter=1 alone, the default of many systems, as long as nothing is counted',
    'drops of long ago, which do not rise',
    'loose mode (2)',
  ],
  references: ['netavark#962', 'linux Documentation/networking/ip-sysctl (rp_filter)', 'linux fib_validate_source()'],
  needs: ['sysctls', 'links'],
  find: (view) => {
    const lost = risen(view, 'TcpExt.IPReversePathFilter');
    const { home } = view;
    if (lost === 0 || home === undefined) return [];
    const all = Number(sysctlOf(home, 'ipv4.conf.all.rp_filter') ?? 0);
    const strict = home.links
      .flatMap((id) => view.link(id) ?? [])
      .filter(({ kind, state }) => kind !== 'loopback' && state === 'up')
      .map(({ facts }) => facts.ifname)
      .filter((ifname) => Math.max(all, Number(sysctlOf(home, `ipv4.conf.${ifname}.rp_filter`) ?? 0)) === 1);
    const uplinks = (home.facts.routes ?? [])
      .filter(({ dst, dev }) => dst === 'default' && dev !== undefined && strict.includes(dev))
      .flatMap(({ dev }) => dev ?? []);
    return [
      {
        subject: 'this host',
        title: `${lost} packets were dropped by rp_filter in ${view.earlier?.seconds} s`,
        why: 'They came in by another link than the answer would take; their senders get nothing.',
        evidence: [
          risenEvidence(view, 'TcpExt.IPReversePathFilter', 'netstat'),
          {
            fact: `strict on ${strict.slice(0, 8).join(', ') || 'no link that is up'}`,
            source: `sysctl net.ipv4.conf.*.rp_filter ${where(home)}`,
          },
        ],
        remedies: [...new Set(uplinks)].map((ifname) =>
          setSysctl(
            home,
            `net.ipv4.conf.${ifname}.rp_filter`,
            '2',
            sysctlOf(home, `ipv4.conf.${ifname}.rp_filter`) ?? '0',
            {
              title: `Let ${ifname} take packets whose answer goes elsewhere (loose mode)`,
              changes: `A source needs only some route, not one by ${ifname}.`,
            },
          ),
        ),
        affects: ['host'],
      },
    ];
  },
};
