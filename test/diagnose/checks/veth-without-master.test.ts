/** veth-without-master: what it finds, and what it must not be confused with. */
import { vethWithoutMaster } from '../../../src/diagnose/checks/veth-without-master.ts';
import { makeNetns, makeVeth, nsids } from '../../graph/make-snapshot.ts';
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
    'the host end was moved to another netns, where it is down': (draft) => {
      draft.host.links = draft.host.links!.filter(({ ifname }) => ifname !== 'vethweb');
      draft.link(draft.web, 'eth0').link_netnsid = 1;
      Object.assign(draft.web, { nsids: nsids(1, 300) });
      draft.addNetns(
        makeNetns(300, [makeVeth(4, 'vethweb', 2, 0, { flags: ['BROADCAST', 'MULTICAST'] })], { nsids: nsids(100) }),
      );
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
