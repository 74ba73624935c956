/** Packets arrive with wrong checksums while we look: a tunnel's offloading is broken. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';
import { risen, risenEvidence } from '../rising.ts';

export const checksumsFail: Check = {
  id: 'checksums-fail',
  severity: 'warning',
  comparesPictures: true,
  about:
    'Some network cards and hypervisors compute checksums of VXLAN packets wrongly: ping between nodes works, TCP hangs. The receiver drops such ' +
    'packets and counts them; a capture on the sender shows wrong checksums always, because the card fills them in later.',
  not: ['a host without tunnels', 'wrong checksums seen on the sender', 'a counter that does not rise'],
  references: ['moby#41775', 'flannel#1279', 'man 8 ethtool (tx-checksum-ip-generic)'],
  needs: ['links', 'routes'],
  find: (view) => {
    const lost = risen(view, 'Udp.InCsumErrors');
    const tunnels = [...view.graph.links.values()].filter(({ kind }) => kind === 'vxlan' || kind === 'geneve');
    if (lost === 0 || tunnels.length === 0) return [];
    const uplink = view.home?.facts.routes?.find(({ dst }) => dst === 'default')?.dev;
    return [
      {
        subject: 'this host',
        title: `${lost} UDP packets came with wrong checksums in ${view.earlier?.seconds} s`,
        why: 'Tunnels between hosts lose what they carry: small packets may pass, TCP hangs.',
        evidence: [
          risenEvidence(view, 'Udp.InCsumErrors', 'snmp'),
          {
            fact: `tunnels: ${tunnels.map(({ facts }) => facts.ifname).join(', ')}`,
            source: `ip -d link ${where(view.home)}`,
          },
        ],
        remedies:
          uplink === undefined
            ? []
            : [
                guided({
                  title: 'Let the kernel compute checksums, on every node',
                  changes: `${uplink} sends packets whose checksums are complete.`,
                  scope: 'host',
                  risk: 'The link may pause for a moment; more work for the processor.',
                  riskLevel: 'medium',
                  persistence:
                    'Lasts until the next reboot; to keep it: a .link file of networkd, or ethtool settings of NetworkManager.',
                  commands: [{ argv: ['ethtool', '-K', uplink, 'tx-checksum-ip-generic', 'off'] }],
                  undo: [{ argv: ['ethtool', '-K', uplink, 'tx-checksum-ip-generic', 'on'] }],
                  steps: ['the sender is at fault: run it on the other nodes as well'],
                }),
              ],
        affects: tunnels.map(({ id }) => id),
      },
    ];
  },
};
