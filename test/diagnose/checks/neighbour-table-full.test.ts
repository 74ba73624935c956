/** neighbour-table-full: what it finds, and what it must not be confused with. */
import { neighbourTableFull } from '../../../src/diagnose/checks/neighbour-table-full.ts';
import { makeNeighbour } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(neighbourTableFull, {
  finds: {
    'the table is nearly full': (draft) => {
      for (let n = 0; n < 1000; n++)
        draft.host.neighbours!.push(
          makeNeighbour(`10.77.${1 + Math.floor(n / 250)}.${n % 250}`, 'eth0', '02:77:00:00:00:01', 'STALE'),
        );
    },
  },
  ignores: {
    'a large table with a larger limit': (draft) => {
      for (let n = 0; n < 1000; n++)
        draft.host.neighbours!.push(
          makeNeighbour(`10.77.${1 + Math.floor(n / 250)}.${n % 250}`, 'eth0', '02:77:00:00:00:01', 'STALE'),
        );
      draft.host.sysctls!['ipv4.neigh.default.gc_thresh3'] = '65536';
    },
    'permanent entries, which are not collected': (draft) => {
      for (let n = 0; n < 1000; n++)
        draft.host.neighbours!.push(
          makeNeighbour(`10.77.${1 + Math.floor(n / 250)}.${n % 250}`, 'eth0', '02:77:00:00:00:01', 'PERMANENT'),
        );
    },
    'a limit that was not read': (draft) => {
      for (let n = 0; n < 1000; n++)
        draft.host.neighbours!.push(
          makeNeighbour(`10.77.${1 + Math.floor(n / 250)}.${n % 250}`, 'eth0', '02:77:00:00:00:01', 'STALE'),
        );
      delete draft.host.sysctls!['ipv4.neigh.default.gc_thresh3'];
    },
  },
});
