/** container-address-wrong: what it finds, and what it must not be confused with. */
import { containerAddressWrong } from '../../../src/diagnose/checks/container-address-wrong.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerAddressWrong, {
  finds: {
    'a container on macvlan has no address': (draft) => {
      draft.app.driver = 'macvlan';
      draft.addresses(draft.web, 'eth0').length = 0;
    },
    'IPv6 was switched off inside': (draft) => {
      draft.webContainer.endpoints[0]!.ipv6 = 'fd00::2';
      draft.web.sysctls!['ipv6.conf.eth0.disable_ipv6'] = '1';
    },
    'the address inside was changed': (draft) => {
      draft.addresses(draft.web, 'eth0')[0]!.local = '172.20.9.9';
    },
  },
  ignores: {
    'an IPv6 address that is there': (draft) => {
      draft.webContainer.endpoints[0]!.ipv6 = 'fd00::2';
      draft.addresses(draft.web, 'eth0').push({ family: 'inet6', local: 'fd00::2', prefixlen: 64, scope: 'global' });
    },
    'an additional address beside the right one': (draft) => {
      draft.addresses(draft.web, 'eth0').push({ family: 'inet', local: '172.20.9.9', prefixlen: 16, scope: 'global' });
    },
    'a container that is not running': (draft) => {
      draft.addresses(draft.web, 'eth0').length = 0;
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'addresses that were not read': (draft) => {
      delete draft.web.addresses;
    },
    'an address on loopback (swarm)': (draft) => {
      draft.web.addresses = [
        {
          ifindex: 1,
          ifname: 'lo',
          addr_info: [{ family: 'inet', local: '172.20.0.2', prefixlen: 32, scope: 'global' }],
        },
      ];
    },
  },
});
