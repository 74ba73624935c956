/** The neighbour table is about to overflow: it is one table for all namespaces. */
import type { Check } from '../check.ts';
import { sysctlOf } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';

export const neighbourTableFull: Check = {
  id: 'neighbour-table-full',
  severity: 'error',
  about:
    'MAC addresses of neighbours of all namespaces are kept in one table with one limit, net.ipv4.neigh.default.gc_thresh3. Beyond it the kernel forgets ' +
    'neighbours it needs: "neighbour: arp_cache: neighbor table overflow!".',
  not: ['a large table with a larger limit', 'permanent entries, which are not collected', 'a limit that was not read'],
  references: ['moby#32195', 'man 7 arp (gc_thresh3)'],
  needs: [],
  find: (view) => {
    const limit = Number(sysctlOf(view.home, 'ipv4.neigh.default.gc_thresh3') ?? Number.NaN);
    if (Number.isNaN(limit) || view.netns.some((netns) => netns.facts.neighbours === undefined)) return [];
    const entries = view.netns
      .flatMap((netns) => netns.facts.neighbours ?? [])
      .filter(
        (entry) => !entry.dst.includes(':') && !entry.state.includes('PERMANENT') && !entry.state.includes('NOARP'),
      );
    if (entries.length < 0.8 * limit) return [];
    return [
      {
        subject: 'this host',
        severity: entries.length >= limit ? 'error' : 'warning',
        title: `The neighbour table holds ${entries.length} of ${limit} entries`,
        why: 'Beyond the limit the kernel forgets neighbours it needs, and packets are lost all over the host.',
        evidence: [
          { fact: `${entries.length} IPv4 entries in all namespaces`, source: 'ip neigh in every netns' },
          { fact: `net.ipv4.neigh.default.gc_thresh3 = ${limit}`, source: 'sysctl (host)' },
        ],
        remedies: [
          setSysctl(view.home, 'net.ipv4.neigh.default.gc_thresh3', String(limit * 4), String(limit), {
            title: 'Raise the limit',
            changes: `The table may hold ${limit * 4} entries.`,
          }),
        ],
        affects: ['host'],
      },
    ];
  },
};
