/** packets-lost-on-link: what it finds between two pictures, and what it must not be confused with. */
import { packetsLostOnLink } from '../../../src/diagnose/checks/packets-lost-on-link.ts';
import { testCheck } from '../test-check.ts';

testCheck(packetsLostOnLink, {
  finds: {
    'a port of a bridge drops what it should send': (draft) => {
      draft.link(draft.host, 'vethweb').stats64 = {
        rx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
        tx: { bytes: 0, packets: 0, errors: 0, dropped: 50 },
      };
    },
    'the uplink has receive errors': (draft) => {
      draft.link(draft.host, 'eth0').stats64 = {
        rx: { bytes: 0, packets: 0, errors: 9, dropped: 0 },
        tx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
      };
    },
  },
  ignores: {
    'drops when receiving': (draft) => {
      draft.link(draft.host, 'eth0').stats64 = {
        rx: { bytes: 0, packets: 0, errors: 0, dropped: 90 },
        tx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
      };
    },
    'links that are down': (draft) => {
      draft.link(draft.host, 'docker0').stats64 = {
        rx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
        tx: { bytes: 0, packets: 0, errors: 0, dropped: 50 },
      };
    },
  },
});
