/** loopback-publish-broken: what it finds, and what it must not be confused with. */
import { loopbackPublishBroken } from '../../../src/diagnose/checks/loopback-publish-broken.ts';
import { testCheck } from '../test-check.ts';

testCheck(loopbackPublishBroken, {
  finds: {
    'the proxy is off and loopback is not routed': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: true };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '0';
    },
  },
  ignores: {
    'the userland proxy is on': (draft) => {
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '0';
    },
    'a bridge without published ports': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: true };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '0';
      draft.webContainer.ports = [];
    },
    'loopback is routed on all links': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: true };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '0';
      draft.host.sysctls!['ipv4.conf.all.route_localnet'] = '1';
    },
  },
});
