/** checksums-fail: what it finds between two pictures, and what it must not be confused with. */
import { checksumsFail } from '../../../src/diagnose/checks/checksums-fail.ts';
import { testCheck } from '../test-check.ts';

testCheck(checksumsFail, {
  finds: {
    'a tunnel gets packets with wrong checksums': (draft) => {
      draft.host.links!.push({
        ...draft.link(draft.host, 'br-app'),
        ifindex: 90,
        ifname: 'flannel.1',
        linkinfo: { info_kind: 'vxlan' },
      });
      draft.host.counters!['Udp.InCsumErrors'] = 30;
    },
  },
  ignores: {
    'a host without tunnels': (draft) => {
      draft.host.counters!['Udp.InCsumErrors'] = 30;
    },
    'a counter that does not rise': (draft) => {
      draft.host.links!.push({
        ...draft.link(draft.host, 'br-app'),
        ifindex: 90,
        ifname: 'flannel.1',
        linkinfo: { info_kind: 'vxlan' },
      });
    },
  },
});
