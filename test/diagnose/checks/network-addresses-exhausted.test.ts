/** network-addresses-exhausted: what it finds, and what it must not be confused with. */
import { networkAddressesExhausted } from '../../../src/diagnose/checks/network-addresses-exhausted.ts';
import { testCheck } from '../test-check.ts';

testCheck(networkAddressesExhausted, {
  finds: {
    'every address of a small range is taken': (draft) => {
      draft.app.subnets[0]!.ipRange = '172.20.0.2/31';
    },
  },
  ignores: {
    'a large subnet': (draft) => {
      draft.app.subnets[0]!.ipRange = '172.20.1.0/24';
    },
    'stopped containers, which hold none': (draft) => {
      draft.app.subnets[0]!.ipRange = '172.20.0.2/31';
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
    'an overlay network': (draft) => {
      draft.app.subnets[0]!.ipRange = '172.20.0.2/31';
      draft.app.driver = 'overlay';
    },
  },
});
