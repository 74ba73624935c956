/** conntrack-drops-packets: what it finds between two pictures, and what it must not be confused with. */
import { conntrackDropsPackets } from '../../../src/diagnose/checks/conntrack-drops-packets.ts';
import { testCheck } from '../test-check.ts';

testCheck(conntrackDropsPackets, {
  finds: {
    'packets are being dropped': (draft) => {
      draft.host.counters!['conntrack.drop'] = 40;
    },
  },
  ignores: {
    'drops of long ago, which do not rise': (draft) => {
      draft.host.conntrack = { count: 60000, max: 65536 };
    },
    'entries that failed to be inserted': (draft) => {
      draft.host.counters!['conntrack.insert_failed'] = 300;
    },
    'counters that were not read': (draft) => {
      delete draft.host.counters;
    },
  },
});
