/** ipv6-default-route-lost: what it finds, and what it must not be confused with. */
import { ipv6DefaultRouteLost } from '../../../src/diagnose/checks/ipv6-default-route-lost.ts';
import { makeRoute } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(ipv6DefaultRouteLost, {
  finds: {
    'forwarding made the kernel ignore router advertisements': (draft) => {
      draft.addresses(draft.host, 'eth0').push({
        family: 'inet6',
        local: '2001:db8::5',
        prefixlen: 64,
        scope: 'global',
        dynamic: true,
        mngtmpaddr: true,
      });
      draft.host.sysctls!['ipv6.conf.eth0.forwarding'] = '1';
      draft.host.sysctls!['ipv6.conf.eth0.accept_ra'] = '1';
    },
  },
  ignores: {
    'a host that never had router advertisements': (draft) => {
      draft.host.sysctls!['ipv6.conf.eth0.forwarding'] = '1';
      draft.host.sysctls!['ipv6.conf.eth0.accept_ra'] = '1';
    },
    'a network manager that takes the advertisements itself': (draft) => {
      draft.addresses(draft.host, 'eth0').push({
        family: 'inet6',
        local: '2001:db8::5',
        prefixlen: 64,
        scope: 'global',
        dynamic: true,
        mngtmpaddr: true,
      });
      draft.host.sysctls!['ipv6.conf.eth0.forwarding'] = '1';
      draft.host.sysctls!['ipv6.conf.eth0.accept_ra'] = '0';
    },
    'a default route that is still there': (draft) => {
      draft.addresses(draft.host, 'eth0').push({
        family: 'inet6',
        local: '2001:db8::5',
        prefixlen: 64,
        scope: 'global',
        dynamic: true,
        mngtmpaddr: true,
      });
      draft.host.sysctls!['ipv6.conf.eth0.forwarding'] = '1';
      draft.host.sysctls!['ipv6.conf.eth0.accept_ra'] = '1';
      draft.host.routes6!.push(makeRoute('default', 'eth0', { gateway: 'fe80::1', protocol: 'ra' }));
    },
  },
});
