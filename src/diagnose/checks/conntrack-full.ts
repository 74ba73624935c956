/** The connection tracking table is full, or nearly. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { type Draft, setSysctl } from '../remedies.ts';

/** Room for as many again. */
export const raiseLimit = (home: NetnsNode, max: number): Draft =>
  setSysctl(home, 'net.netfilter.nf_conntrack_max', String(max * 2), String(max), {
    title: `Raise the limit to ${max * 2}`,
    changes: `The table may grow to twice the size: about ${Math.ceil((max * 320) / 1_048_576)} MB more.`,
  });

export const conntrackFull: Check = {
  id: 'conntrack-full',
  severity: 'error',
  about:
    'Every connection that a rule looks at takes an entry. When the table is full, packets of new connections are dropped, to containers and to the ' +
    'host itself; the log says "nf_conntrack: table full, dropping packet".',
  not: ['many entries with room for more', 'counts of containers’ own netns', 'an old line in the log'],
  references: ['kubernetes#71261', 'linux Documentation/networking/nf_conntrack-sysctl'],
  needs: [],
  find: (view) => {
    const { home } = view;
    const count = home?.facts.conntrack?.count;
    const max = home?.facts.conntrack?.max;
    if (home === undefined || count === undefined || max === undefined || max === 0 || count / max < 0.8) return [];
    const full = count / max >= 0.95;
    return [
      {
        subject: 'this host',
        severity: full ? 'error' : 'warning',
        title: full
          ? 'The connection tracking table is full'
          : `The connection tracking table is ${Math.floor((100 * count) / max)} % full`,
        why: full
          ? 'Packets of new connections are dropped, whoever they are for.'
          : 'When it is full, packets of new connections are dropped, whoever they are for.',
        evidence: [
          {
            fact: `${count} of ${max} entries`,
            source: 'nf_conntrack_count and nf_conntrack_max (host)',
            netns: home.id,
          },
        ],
        remedies: [raiseLimit(home, max)],
        affects: ['host'],
      },
    ];
  },
};
