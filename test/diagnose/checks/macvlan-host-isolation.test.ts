/** macvlan-host-isolation: what it finds, and what it must not be confused with. */
import { macvlanHostIsolation } from '../../../src/diagnose/checks/macvlan-host-isolation.ts';
import { makeLink } from '../../graph/make-snapshot.ts';
import { mutable } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(macvlanHostIsolation, {
  finds: {
    'a container is on a macvlan network': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
    },
  },
  ignores: {
    'a host that has a link of its own on the parent': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.host.links!.push(
        mutable(
          makeLink(30, 'vs-shim', { link: 'eth0', linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } } }),
        ),
      );
    },
    'an internal network': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      draft.app.internal = true;
    },
    'a network nobody runs on': (draft) => {
      draft.app.driver = 'macvlan';
      draft.app.options = { parent: 'eth0' };
      for (const container of [draft.webContainer, draft.dbContainer]) {
        container.state = 'exited';
        container.pid = 0;
      }
    },
  },
});
