/** wrong-fdb-entry: what it finds, and what it must not be confused with. */
import { wrongFdbEntry } from '../../../src/diagnose/checks/wrong-fdb-entry.ts';
import { macOf } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(wrongFdbEntry, {
  finds: {
    'a static entry leads to another port': (draft) => {
      draft.fdb({ mac: macOf.web, ifname: 'vethdb', master: 'br-app', state: 'static' });
    },
    "a static entry leads the gateway's address to a container": (draft) => {
      draft.fdb({ mac: macOf.bridge, ifname: 'vethdb', master: 'br-app', state: 'static' });
    },
  },
  ignores: {
    "the bridge's own entry": (draft) => {
      draft.fdb({ mac: macOf.bridge, ifname: 'br-app', master: 'br-app', state: 'permanent' });
    },
    "a port's own address that the bridge has as well": (draft) => {
      draft.fdb({ mac: macOf.bridge, ifname: 'vethdb', master: 'br-app', state: 'permanent' });
    },
    'a learnt entry, which the next frame corrects': (draft) => {
      draft.fdb({ mac: macOf.web, ifname: 'vethdb', master: 'br-app', state: '' });
    },
    "a permanent entry for a port's own address": (draft) => {
      draft.fdb({ mac: '02:00:00:00:00:05', ifname: 'vethdb', master: 'br-app', state: 'permanent' });
    },
    'a static entry that is right': (draft) => {
      draft.fdb({ mac: macOf.web, ifname: 'vethweb', master: 'br-app', state: 'static' });
    },
  },
});
