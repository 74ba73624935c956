/** hosts-masqueraded: what it finds between two hosts, and what it must not be confused with. */
import { hostsMasqueraded } from '../../../src/diagnose/checks/hosts-masqueraded.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(hostsMasqueraded, {
  wiring: 'routes',
  finds: {
    'everything that leaves the bridge': ({ a }) =>
      a.rule('-A POSTROUTING -s 10.244.1.0/24 ! -o docker0 -j MASQUERADE', 'nat'),
  },
  ignores: {
    'what leaves for the outside': ({ a }) =>
      a.rule('-A POSTROUTING -s 10.244.1.0/24 ! -d 10.244.0.0/16 -j MASQUERADE', 'nat'),
    'what the host itself sends': ({ a }) => a.rule('-A POSTROUTING -s 10.77.0.11/32 -j MASQUERADE', 'nat'),
  },
});
