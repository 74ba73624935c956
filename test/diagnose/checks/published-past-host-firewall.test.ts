/** published-past-host-firewall: what it finds, and what it must not be confused with. */
import { publishedPastHostFirewall } from '../../../src/diagnose/checks/published-past-host-firewall.ts';
import { testCheck } from '../test-check.ts';

testCheck(publishedPastHostFirewall, {
  finds: {
    'a firewall denies, and the port is open to the world': (draft) => {
      draft.addresses(draft.host, 'eth0')[0]!.local = '8.8.4.11';
      draft.rule(':INPUT ACCEPT', ':INPUT DROP');
    },
  },
  ignores: {
    'a host without a public address': (draft) => {
      draft.addresses(draft.host, 'eth0')[0]!.local = '10.77.0.11';
      draft.rule(':INPUT ACCEPT', ':INPUT DROP');
    },
    'a port published on loopback': (draft) => {
      draft.addresses(draft.host, 'eth0')[0]!.local = '8.8.4.11';
      draft.rule(':INPUT ACCEPT', ':INPUT DROP');
      draft.webContainer.ports[0]!.hostIp = '127.0.0.1';
    },
    'rules in DOCKER-USER that keep people out': (draft) => {
      draft.addresses(draft.host, 'eth0')[0]!.local = '8.8.4.11';
      draft.rule(':INPUT ACCEPT', ':INPUT DROP');
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 ! -s 198.51.100.0/24 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
    'a host without a firewall': (draft) => {
      draft.addresses(draft.host, 'eth0')[0]!.local = '8.8.4.11';
    },
  },
});
