/** bridge-ports-isolated: what it finds, and what it must not be confused with. */
import { bridgePortsIsolated } from '../../../src/diagnose/checks/bridge-ports-isolated.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgePortsIsolated, {
  finds: {
    'two ports are isolated from each other': (draft) => {
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', isolated: true };
    },
  },
  ignores: {
    'a single isolated port, which still reaches everybody': (draft) => {
      draft.link(draft.host, 'vethweb').linkinfo!.info_slave_data = { state: 'forwarding', isolated: true };
    },
    'a network with icc=false': (draft) => {
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', isolated: true };
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
    },
  },
});
