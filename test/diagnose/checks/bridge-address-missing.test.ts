/** bridge-address-missing: what it finds, and what it must not be confused with. */
import { bridgeAddressMissing } from '../../../src/diagnose/checks/bridge-address-missing.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgeAddressMissing, {
  finds: {
    'the gateway address was taken from the bridge': (draft) => {
      draft.addresses(draft.host, 'br-app').length = 0;
      draft.host.routes = draft.host.routes!.filter((route) => route.dst !== '172.20.0.0/16');
    },
  },
  ignores: {
    'a shorter prefix, which covers the network': (draft) => {
      draft.addresses(draft.host, 'br-app')[0]!.prefixlen = 12;
    },
    'inhibit_ipv4, where there is no address on purpose': (draft) => {
      draft.addresses(draft.host, 'br-app').length = 0;
      draft.app.options['com.docker.network.bridge.inhibit_ipv4'] = 'true';
    },
    'isolated gateway mode': (draft) => {
      draft.addresses(draft.host, 'br-app').length = 0;
      draft.app.options['com.docker.network.bridge.gateway_mode_ipv4'] = 'isolated';
    },
    'an IPv6 gateway that is missing': (draft) => {
      draft.app.subnets.push({ subnet: 'fd00::/64', gateway: 'fd00::1' });
    },
    'a bridge nobody runs on': (draft) => {
      draft.addresses(draft.host, 'docker0').length = 0;
    },
  },
});
