/** unordered-packets-reset: what it finds between two pictures, and what it must not be confused with. */
import { unorderedPacketsReset } from '../../../src/diagnose/checks/unordered-packets-reset.ts';
import { testCheck } from '../test-check.ts';

testCheck(unorderedPacketsReset, {
  finds: {
    'both rise': (draft) => {
      draft.host.counters!['conntrack.invalid'] = 200;
      draft.host.counters!['Tcp.OutRsts'] = 300;
    },
  },
  ignores: {
    'packets out of order without resets': (draft) => {
      draft.host.counters!['conntrack.invalid'] = 200;
    },
    'resets alone': (draft) => {
      draft.host.counters!['Tcp.OutRsts'] = 300;
    },
    'a host that lets such packets through': (draft) => {
      draft.host.counters!['conntrack.invalid'] = 200;
      draft.host.counters!['Tcp.OutRsts'] = 300;
      draft.host.sysctls!['netfilter.nf_conntrack_tcp_be_liberal'] = '1';
    },
  },
});
