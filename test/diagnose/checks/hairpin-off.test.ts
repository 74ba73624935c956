/** hairpin-off: what it finds, and what it must not be confused with. */
import { hairpinOff } from '../../../src/diagnose/checks/hairpin-off.ts';
import { testCheck } from '../test-check.ts';

testCheck(hairpinOff, {
  finds: {
    'the proxy is off and so is hairpin mode': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: false };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '1';
    },
  },
  ignores: {
    'the userland proxy is on': (draft) => {
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'forwarding', hairpin: false };
    },
    'a container without published ports': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: false };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '1';
      draft.webContainer.ports = [];
    },
    'hairpin mode is on': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: true };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '1';
    },
  },
});
