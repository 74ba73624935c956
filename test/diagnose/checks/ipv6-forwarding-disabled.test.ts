/** ipv6-forwarding-disabled: what it finds, and what it must not be confused with. */
import { ipv6ForwardingDisabled } from '../../../src/diagnose/checks/ipv6-forwarding-disabled.ts';
import { testCheck } from '../test-check.ts';

testCheck(ipv6ForwardingDisabled, {
  finds: {
    'a network has IPv6 and the host does not forward it': (draft) => {
      draft.app.enableIpv6 = true;
      draft.webContainer.endpoints[0]!.ipv6 = 'fd00::2';
      draft.addresses(draft.web, 'eth0').push({ family: 'inet6', local: 'fd00::2', prefixlen: 64, scope: 'global' });
      draft.host.sysctls!['ipv6.conf.all.forwarding'] = '0';
    },
  },
  ignores: {
    'no running container with an IPv6 address': (draft) => {
      draft.app.enableIpv6 = true;
      draft.host.sysctls!['ipv6.conf.all.forwarding'] = '0';
    },
    'internal networks': (draft) => {
      draft.app.enableIpv6 = true;
      draft.webContainer.endpoints[0]!.ipv6 = 'fd00::2';
      draft.app.internal = true;
      draft.host.sysctls!['ipv6.conf.all.forwarding'] = '0';
    },
    'a host without IPv6': (draft) => {
      draft.app.enableIpv6 = true;
      draft.webContainer.endpoints[0]!.ipv6 = 'fd00::2';
      delete draft.host.sysctls!['ipv6.conf.all.forwarding'];
    },
  },
});
