/** uplink-down: what it finds, and what it must not be confused with. */
import { uplinkDown } from '../../../src/diagnose/checks/uplink-down.ts';
import { makeRoute } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(uplinkDown, {
  finds: {
    'the uplink is switched off': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
      draft.link(draft.host, 'eth0').operstate = 'DOWN';
    },
    'the uplink has no carrier': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['UP', 'NO-CARRIER'];
      draft.link(draft.host, 'eth0').operstate = 'DOWN';
    },
    'the uplink is switched off, and its routes went with it': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
      draft.host.routes = draft.host.routes!.filter((route) => route.dev !== 'eth0' || route.table === 'local');
    },
  },
  ignores: {
    'a link without an address that nobody uses': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
      draft.host.addresses = draft.host.addresses!.filter(({ ifname }) => ifname !== 'eth0');
      draft.host.routes = draft.host.routes!.filter((route) => route.dev !== 'eth0');
    },
    'a bridge without running containers': (draft) => {
      draft.link(draft.host, 'docker0').operstate = 'DOWN';
    },
    'a second default route by a link that is up': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
      draft.link(draft.host, 'eth0').operstate = 'DOWN';
      draft.host.routes!.push(makeRoute('default', 'br-app', { gateway: '172.20.0.3' }));
    },
    'a host without a default route': (draft) => {
      draft.host.routes = draft.host.routes!.filter((route) => route.dst !== 'default');
    },
  },
});
