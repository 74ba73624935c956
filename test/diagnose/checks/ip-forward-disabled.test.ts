/** ip-forward-disabled: what it finds, and what it must not be confused with. */
import { ipForwardDisabled } from '../../../src/diagnose/checks/ip-forward-disabled.ts';
import { testCheck } from '../test-check.ts';

testCheck(ipForwardDisabled, {
  finds: {
    'forwarding is off for the whole host': (draft) => {
      draft.host.sysctls!['ipv4.ip_forward'] = '0';
    },
    'forwarding is off for one bridge': (draft) => {
      draft.host.sysctls!['ipv4.conf.br-app.forwarding'] = '0';
    },
    'forwarding is off for the uplink': (draft) => {
      draft.host.sysctls!['ipv4.conf.eth0.forwarding'] = '0';
    },
  },
  ignores: {
    'only internal networks in use': (draft) => {
      draft.host.sysctls!['ipv4.ip_forward'] = '0';
      draft.app.internal = true;
    },
    'a rootless engine': (draft) => {
      draft.host.sysctls!['ipv4.ip_forward'] = '0';
      draft.engine.rootless = true;
    },
    'no running container on a bridge': (draft) => {
      draft.host.sysctls!['ipv4.ip_forward'] = '0';
      for (const container of [draft.webContainer, draft.dbContainer]) {
        container.state = 'exited';
        container.pid = 0;
      }
    },
  },
});
