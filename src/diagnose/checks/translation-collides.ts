/** New connections are lost because two of them were to get the same translated address and port. */
import type { Check } from '../check.ts';
import { automatic, command, untilFlush } from '../remedies.ts';
import { risen, risenEvidence } from '../rising.ts';

const spec = [
  'POSTROUTING',
  '-p',
  'tcp',
  '-m',
  'addrtype',
  '!',
  '--src-type',
  'LOCAL',
  '-j',
  'MASQUERADE',
  '--random-fully',
];

/** A few are lost wherever two packets of one connection race each other. */
const usual = 5;

export const translationCollides: Check = {
  id: 'translation-collides',
  severity: 'warning',
  comparesPictures: true,
  about:
    'Containers share the ports of the host’s address. Two connections to one destination that are given the same port at the same moment cannot ' +
    'both be entered into the table: the second loses its first packet and tries again after one or three seconds. Under load, or when the ' +
    'ports for one destination run out, this is felt as connections and name queries that sometimes take seconds.',
  not: [
    'a handful, which races of bridged frames and of parallel name queries cost',
    'a full table, which is counted elsewhere',
    'a counter that does not rise',
  ],
  references: ['ip-masq-agent#51', 'kubernetes#56903', 'weave#3287', 'man 8 iptables-extensions (--random-fully)'],
  needs: [],
  find: (view) => {
    const lost = risen(view, 'conntrack.insert_failed');
    if (lost <= usual) return [];
    return [
      {
        subject: 'this host',
        title: `${lost} connections could not be entered into the connection table in ${view.earlier?.seconds} s`,
        why: 'Their first packet is lost and sent again after a second or more; others are not touched.',
        evidence: [risenEvidence(view, 'conntrack.insert_failed', 'stat/nf_conntrack')],
        remedies: [
          automatic({
            title: 'Choose ports at random',
            changes:
              'Adds a rule before the engine’s own that gives connections of containers a random port: collisions become rare, not impossible.',
            scope: 'host',
            commands: [command(view.home, 'iptables', '-w', '-t', 'nat', '-I', spec[0]!, '1', ...spec.slice(1))],
            undo: [command(view.home, 'iptables', '-w', '-t', 'nat', '-D', ...spec)],
            persistence: untilFlush,
            risk: 'Packets between bridges of this host are translated as well: services see the host’s address where they saw the container’s.',
            riskLevel: 'medium',
          }),
        ],
        affects: ['host'],
      },
    ];
  },
};
