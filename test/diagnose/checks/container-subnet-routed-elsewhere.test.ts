/** container-subnet-routed-elsewhere: what it finds, and what it must not be confused with. */
import { containerSubnetRoutedElsewhere } from '../../../src/diagnose/checks/container-subnet-routed-elsewhere.ts';
import { makeRoute } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerSubnetRoutedElsewhere, {
  finds: {
    "a VPN's policy rule looks up its own table first": (draft) => {
      draft.host.policyRules!.push({ family: 'inet', priority: 5270, src: 'all', table: '52' });
      draft.host.routes!.push(makeRoute('default', 'eth0', { table: '52', gateway: '10.77.0.1', scope: 'global' }));
    },
    'a longer blackhole': (draft) => {
      draft.host.routes!.push(makeRoute('172.20.0.0/24', 'lo', { type: 'blackhole' }));
    },
    'the connected route is gone': (draft) => {
      draft.host.routes = draft.host.routes!.filter((route) => route.dst !== '172.20.0.0/16');
    },
  },
  ignores: {
    'a rule with suppress_prefixlength': (draft) => {
      draft.host.policyRules!.push({ family: 'inet', priority: 5270, src: 'all', table: '52', suppress_prefixlen: 0 });
      draft.host.routes!.push(makeRoute('default', 'eth0', { table: '52', gateway: '10.77.0.1', scope: 'global' }));
    },
    'a network nobody runs on': (draft) => {
      draft.host.routes = draft.host.routes!.filter((route) => route.dst !== '172.17.0.0/16');
    },
  },
});
