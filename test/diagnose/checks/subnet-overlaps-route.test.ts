/** subnet-overlaps-route: what it finds, and what it must not be confused with. */
import { subnetOverlapsRoute } from '../../../src/diagnose/checks/subnet-overlaps-route.ts';
import { makeRoute } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(subnetOverlapsRoute, {
  finds: {
    'a VPN route covers the subnet': (draft) => {
      draft.host.routes!.push(
        makeRoute('172.16.0.0/12', 'tun0', { gateway: '10.8.0.1', scope: 'global', protocol: 'static' }),
      );
    },
    'the LAN is the same range': (draft) => {
      draft.host.routes!.push(makeRoute('172.20.0.0/15', 'eth0'));
    },
  },
  ignores: {
    'a default route in two halves': (draft) => {
      draft.host.routes!.push(
        makeRoute('0.0.0.0/1', 'tun0', { gateway: '10.8.0.1' }),
        makeRoute('128.0.0.0/1', 'tun0', { gateway: '10.8.0.1' }),
      );
    },
    "an overlay that contains the bridge's subnet": (draft) => {
      draft.host.routes!.push(makeRoute('172.16.0.0/12', 'flannel.1', { protocol: 'boot' }));
    },
    'a blackhole for the whole range': (draft) => {
      draft.host.routes!.push(makeRoute('172.16.0.0/12', 'lo', { type: 'blackhole' }));
    },
    'another range': (draft) => {
      draft.host.routes!.push(makeRoute('10.8.0.0/16', 'tun0'));
    },
  },
});
