/** The kernel had no room for a neighbour it needed while we looked. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { sysctlOf } from '../host-view.ts';
import { type Draft, setSysctl } from '../remedies.ts';
import { risen, risenEvidence } from '../rising.ts';

const tables = [
  {
    counter: 'arp_cache.table_fulls',
    file: 'stat/arp_cache',
    family: 'IPv4',
    limit: 'net.ipv4.neigh.default.gc_thresh3',
  },
  {
    counter: 'ndisc_cache.table_fulls',
    file: 'stat/ndisc_cache',
    family: 'IPv6',
    limit: 'net.ipv6.neigh.default.gc_thresh3',
  },
] as const;

function raise(home: NetnsNode | undefined, limit: string): readonly Draft[] {
  const now = sysctlOf(home, limit.replace(/^net\./, ''));
  if (now === undefined) return [];
  return [
    setSysctl(home, limit, String(Number(now) * 4), now, {
      title: 'Raise the limit',
      changes: `The table may hold ${Number(now) * 4} entries.`,
    }),
  ];
}

export const neighboursForgotten: Check = {
  id: 'neighbours-forgotten',
  severity: 'error',
  comparesPictures: true,
  about:
    'The table of neighbours of all namespaces has one limit for each family. When it is reached and nothing can be thrown out, packets to a ' +
    'neighbour that is not in it are lost ("neighbor table overflow!"), and the kernel counts that.',
  not: ['an overflow of long ago, which does not rise', 'a large table with room'],
  references: ['moby#32195', 'linux net/core/neighbour.c (table_fulls)'],
  needs: [],
  hides: ['neighbour-table-full'],
  find: (view) =>
    tables
      .filter(({ counter }) => risen(view, counter) > 0)
      .map(({ counter, file, family, limit }) => ({
        subject: family,
        title: `The table of ${family} neighbours was full ${risen(view, counter)} times in ${view.earlier?.seconds} s`,
        why: 'Packets to neighbours that are not in it are lost, on every bridge and link of this machine.',
        evidence: [risenEvidence(view, counter, file)],
        remedies: raise(view.home, limit),
        affects: ['host' as const],
      })),
};
