/** veth-without-master: what it finds, and what it must not be confused with. */
import { vethWithoutMaster } from '../../../src/diagnose/checks/veth-without-master.ts';
import { testCheck } from '../test-check.ts';

testCheck(vethWithoutMaster, {
  finds: {
    'the host end was taken out of the bridge': (draft) => {
      delete draft.link(draft.host, 'vethweb').master;
      delete draft.link(draft.host, 'vethweb').linkinfo!.info_slave_kind;
    },
    'the host end is in another bridge': (draft) => {
      draft.link(draft.host, 'vethweb').master = 'docker0';
    },
  },
  ignores: {
    'a routed veth of another driver': (draft) => {
      delete draft.link(draft.host, 'vethweb').master;
      draft.app.driver = 'calico';
    },
    'a stopped container': (draft) => {
      delete draft.link(draft.host, 'vethweb').master;
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
  },
});
