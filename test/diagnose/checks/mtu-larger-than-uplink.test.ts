/** mtu-larger-than-uplink: what it finds, and what it must not be confused with. */
import { mtuLargerThanUplink } from '../../../src/diagnose/checks/mtu-larger-than-uplink.ts';
import { testCheck } from '../test-check.ts';

testCheck(mtuLargerThanUplink, {
  finds: {
    'the uplink takes less than containers send': (draft) => {
      draft.link(draft.host, 'eth0').mtu = 1400;
    },
    'and a rule drops the messages about it': (draft) => {
      draft.link(draft.host, 'eth0').mtu = 1400;
      draft.addRule('filter', '-A OUTPUT -p icmp -m icmp --icmp-type 3/4 -j DROP');
    },
  },
  ignores: {
    'equal MTUs': (draft) => {
      draft.link(draft.host, 'eth0').mtu = 1500;
    },
    'a larger uplink': (draft) => {
      draft.link(draft.host, 'eth0').mtu = 9000;
    },
    'an MSS clamp': (draft) => {
      draft.link(draft.host, 'eth0').mtu = 1400;
      draft.addRule('filter', '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu');
    },
    'the MTU of an empty bridge': (draft) => {
      draft.link(draft.host, 'docker0').mtu = 9000;
    },
  },
});
