/** macvlan-parent-unusable: what it finds, and what it must not be confused with. */
import { macvlanParentUnusable } from '../../../src/diagnose/checks/macvlan-parent-unusable.ts';
import { testCheck } from '../test-check.ts';

testCheck(macvlanParentUnusable, {
  finds: {
    'the parent is switched off': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
    },
    'the parent does not exist': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.app.options = { parent: 'eth0.20' };
    },
  },
  ignores: {
    'an internal network, whose parent is a dummy': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.app.options = { parent: 'dm-123' };
      draft.app.internal = true;
    },
    'a network nobody runs on': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.app.options = { parent: 'eth0.20' };
      for (const container of [draft.webContainer, draft.dbContainer]) {
        container.state = 'exited';
        container.pid = 0;
      }
    },
    'links that were not read': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      delete draft.host.links;
    },
  },
  notFirst: ['the parent is switched off'],
});
