/** veth-down: what it finds, and what it must not be confused with. */
import { vethDown } from '../../../src/diagnose/checks/veth-down.ts';
import { testCheck } from '../test-check.ts';

testCheck(vethDown, {
  finds: {
    'a macvlan inside is switched off': (draft) => {
      draft.app.driver = 'macvlan';
      draft.link(draft.web, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
    },
    'the host end is switched off': (draft) => {
      draft.link(draft.host, 'vethweb').flags = ['BROADCAST', 'MULTICAST'];
    },
    'the end inside is switched off': (draft) => {
      draft.link(draft.web, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
  ignores: {
    'a stopped container': (draft) => {
      draft.link(draft.host, 'vethweb').flags = ['BROADCAST', 'MULTICAST'];
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'LOWERLAYERDOWN with the UP flag set': (draft) => {
      draft.link(draft.web, 'eth0').operstate = 'LOWERLAYERDOWN';
    },
  },
});
