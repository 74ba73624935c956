/** veth-mtu-mismatch: what it finds, and what it must not be confused with. */
import { vethMtuMismatch } from '../../../src/diagnose/checks/veth-mtu-mismatch.ts';
import { testCheck } from '../test-check.ts';

testCheck(vethMtuMismatch, {
  finds: {
    'the host end takes less than the end inside sends': (draft) => {
      draft.link(draft.host, 'vethweb').mtu = 1300;
    },
    'the end inside takes less than its neighbours send': (draft) => {
      draft.link(draft.web, 'eth0').mtu = 1300;
    },
    'both ends take less than a neighbour sends': (draft) => {
      draft.link(draft.host, 'vethweb').mtu = 1400;
      draft.link(draft.web, 'eth0').mtu = 1400;
    },
  },
  ignores: {
    'a network whose links all have the same smaller MTU': (draft) => {
      for (const outer of ['vethweb', 'vethdb']) draft.link(draft.host, outer).mtu = 1400;
      for (const one of [draft.web, draft.db]) draft.link(one, 'eth0').mtu = 1400;
    },
    'a smaller end inside a bridge that is as small': (draft) => {
      draft.link(draft.web, 'eth0').mtu = 1400;
      draft.link(draft.db, 'eth0').mtu = 1400;
      draft.link(draft.host, 'br-app').mtu = 1400;
    },
  },
});
