/** Connections of containers break off because packets out of order are answered by the host itself. */
import type { Check } from '../check.ts';
import { sysctlOf, where } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';
import { risen, risenEvidence } from '../rising.ts';

/** Scans and late packets make a few of both on any host. */
const usual = 20;

export const unorderedPacketsReset: Check = {
  id: 'unordered-packets-reset',
  severity: 'info',
  comparesPictures: true,
  about:
    'A packet that does not fit its connection (late, out of the window) is not translated back. It reaches the host itself, which knows no such ' +
    'connection and answers with a reset: long downloads of containers end with "connection reset by peer" while the host’s own go through.',
  not: [
    'packets out of order without resets',
    'resets alone, which every closed port sends',
    'a host that lets such packets through (nf_conntrack_tcp_be_liberal)',
  ],
  references: [
    'libnetwork#1090',
    'kubernetes#117924',
    'linux Documentation/networking/nf_conntrack-sysctl (be_liberal)',
  ],
  needs: ['sysctls'],
  find: (view) => {
    const invalid = risen(view, 'conntrack.invalid');
    const resets = risen(view, 'Tcp.OutRsts');
    const liberal = sysctlOf(view.home, 'netfilter.nf_conntrack_tcp_be_liberal');
    if (invalid <= usual || resets <= usual || liberal === '1') return [];
    return [
      {
        subject: 'this host',
        title: `${invalid} packets fitted no connection, and ${resets} resets were sent, in ${view.earlier?.seconds} s`,
        why: 'Where both belong together, long transfers of containers break off; which connections those were is not counted.',
        evidence: [
          risenEvidence(view, 'conntrack.invalid', 'stat/nf_conntrack'),
          risenEvidence(view, 'Tcp.OutRsts', 'snmp'),
          { fact: `nf_conntrack_tcp_be_liberal = ${liberal ?? 'not read'}`, source: `sysctl ${where(view.home)}` },
        ],
        remedies: [
          setSysctl(view.home, 'net.netfilter.nf_conntrack_tcp_be_liberal', '1', liberal ?? '0', {
            title: 'Let such packets belong to their connection',
            changes: 'Only resets out of the window are taken for foreign.',
          }),
        ],
        affects: ['host'],
      },
    ];
  },
};
