/** bridge-down: what it finds, and what it must not be confused with. */
import { bridgeDown } from '../../../src/diagnose/checks/bridge-down.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgeDown, {
  finds: {
    'the bridge of running containers is switched off': (draft) => {
      draft.link(draft.host, 'br-app').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
  ignores: {
    'a bridge without carrier: nobody runs on it': (draft) => {
      draft.link(draft.host, 'docker0').flags = ['UP', 'NO-CARRIER'];
    },
    'operstate DOWN while the UP flag is set': (draft) => {
      draft.link(draft.host, 'br-app').operstate = 'DOWN';
    },
    'a bridge nobody runs on': (draft) => {
      draft.link(draft.host, 'docker0').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
});
