/** host-route-missing: what it finds between two hosts, and what it must not be confused with. */
import { hostRouteMissing } from '../../../src/diagnose/checks/host-route-missing.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(hostRouteMissing, {
  wiring: 'routes',
  finds: {
    'the way back is missing': ({ b }) => {
      b.host.routes = b.host.routes!.filter((route) => route.dst !== '10.244.1.0/24');
    },
  },
  ignores: {
    'hosts that have nothing to do with each other': ({ a, b }) => {
      a.host.routes = a.host.routes!.filter((route) => route.dst !== '10.244.2.0/24');
      b.host.routes = b.host.routes!.filter((route) => route.dst !== '10.244.1.0/24');
    },
    'a larger route that covers it': ({ b }) => {
      b.host.routes!.find((route) => route.dst === '10.244.1.0/24')!.dst = '10.244.0.0/16';
    },
  },
});
