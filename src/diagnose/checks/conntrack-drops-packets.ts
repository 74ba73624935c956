/** The connection tracking table drops packets of new connections while we look. */
import type { Check } from '../check.ts';
import { risen, risenEvidence } from '../rising.ts';
import { raiseLimit } from './conntrack-full.ts';

export const conntrackDropsPackets: Check = {
  id: 'conntrack-drops-packets',
  severity: 'error',
  comparesPictures: true,
  about:
    'When the table of connections is full, the kernel drops the first packet of every new connection, and counts it. A table that looks half empty ' +
    'now can have been full a second ago; the counter tells.',
  not: ['drops of long ago, which do not rise', 'entries that failed to be inserted, which is another matter'],
  references: ['kubernetes#71261', 'linux net/netfilter/nf_conntrack_standalone.c (ct_cpu_seq_show)'],
  needs: [],
  hides: ['conntrack-full'],
  find: (view) => {
    const lost = risen(view, 'conntrack.drop');
    if (lost === 0) return [];
    const max = view.home?.facts.conntrack?.max;
    return [
      {
        subject: 'this host',
        title: `Connection tracking dropped ${lost} packets in ${view.earlier?.seconds} s`,
        why: 'New connections fail at random, to containers and to the host itself, until entries end or the table may grow.',
        evidence: [risenEvidence(view, 'conntrack.drop', 'stat/nf_conntrack')],
        remedies: view.home === undefined || max === undefined ? [] : [raiseLimit(view.home, max)],
        affects: ['host'],
      },
    ];
  },
};
