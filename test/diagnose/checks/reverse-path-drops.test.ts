/** reverse-path-drops: what it finds between two pictures, and what it must not be confused with. */
import { reversePathDrops } from '../../../src/diagnose/checks/reverse-path-drops.ts';
import { testCheck } from '../test-check.ts';

testCheck(reversePathDrops, {
  finds: {
    'packets are dropped and the uplink is strict': (draft) => {
      draft.host.sysctls!['ipv4.conf.all.rp_filter'] = '1';
      draft.host.counters!['TcpExt.IPReversePathFilter'] = 12;
    },
  },
  ignores: {
    'rp_filter=1 alone, as long as nothing is counted': (draft) => {
      draft.host.sysctls!['ipv4.conf.all.rp_filter'] = '1';
    },
    'drops of long ago, which do not rise': (draft) => {
      draft.host.counters!['TcpExt.IPReversePathFilter'] = 0;
    },
    'loose mode': (draft) => {
      draft.host.sysctls!['ipv4.conf.eth0.rp_filter'] = '2';
    },
  },
});
