/** neighbours-forgotten: what it finds between two pictures, and what it must not be confused with. */
import { neighboursForgotten } from '../../../src/diagnose/checks/neighbours-forgotten.ts';
import { testCheck } from '../test-check.ts';

testCheck(neighboursForgotten, {
  finds: {
    'the table is full now': (draft) => {
      draft.host.counters!['arp_cache.table_fulls'] = 7;
    },
    'the table of IPv6 is full now': (draft) => {
      draft.host.counters!['ndisc_cache.table_fulls'] = 7;
    },
  },
  ignores: {
    'an overflow of long ago, which does not rise': (draft) => {
      draft.host.counters!['arp_cache.table_fulls'] = 0;
    },
    'a large table with room': (draft) => {
      draft.host.sysctls!['ipv4.neigh.default.gc_thresh3'] = '65536';
    },
  },
});
