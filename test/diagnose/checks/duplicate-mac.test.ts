/** duplicate-mac: what it finds, and what it must not be confused with. */
import { duplicateMac } from '../../../src/diagnose/checks/duplicate-mac.ts';
import { macOf } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(duplicateMac, {
  finds: {
    'two containers on one bridge share a MAC address': (draft) => {
      draft.link(draft.db, 'eth0').address = macOf.web;
    },
  },
  ignores: {
    'the same MAC address on different bridges': (draft) => {
      draft.link(draft.db, 'eth0').address = macOf.web;
      draft.dbContainer.endpoints[0]!.network = 'bridge';
      draft.dbContainer.endpoints[0]!.networkId = draft.engine.networks[0]!.fullId;
    },
    'ipvlan links, which share it by design': (draft) => {
      draft.link(draft.db, 'eth0').address = macOf.web;
      draft.app.driver = 'ipvlan';
    },
  },
});
