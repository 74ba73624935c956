/** bridge-port-blocked: what it finds, and what it must not be confused with. */
import { bridgePortBlocked } from '../../../src/diagnose/checks/bridge-port-blocked.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgePortBlocked, {
  finds: {
    'a port was set to disabled': (draft) => {
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'disabled' };
    },
    'a port still listens because of spanning tree': (draft) => {
      draft.link(draft.host, 'br-app').linkinfo!.info_data = { stp_state: 1 };
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'listening' };
    },
  },
  ignores: {
    'a port that is down': (draft) => {
      draft.link(draft.host, 'vethweb').flags = ['BROADCAST', 'MULTICAST'];
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'disabled' };
    },
    'a port without carrier, which the bridge itself disables': (draft) => {
      draft.link(draft.host, 'vethweb').flags = ['UP', 'NO-CARRIER'];
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'disabled' };
    },
  },
  notFirst: ['a port still listens because of spanning tree'],
});
