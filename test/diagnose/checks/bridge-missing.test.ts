/** bridge-missing: what it finds, and what it must not be confused with. */
import { bridgeMissing } from '../../../src/diagnose/checks/bridge-missing.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgeMissing, {
  finds: {
    'the bridge of a network was deleted': (draft) => {
      draft.host.links = draft.host.links!.filter((link) => link.ifname !== 'br-app');
      delete draft.link(draft.host, 'vethweb').master;
      delete draft.link(draft.host, 'vethdb').master;
    },
  },
  ignores: {
    'a network of another driver': (draft) => {
      draft.app.driver = 'macvlan';
      draft.host.links = draft.host.links!.filter((link) => link.ifname !== 'br-app');
    },
    'a rootless engine, whose bridges live in its own netns': (draft) => {
      draft.engine.rootless = true;
      draft.host.links = draft.host.links!.filter((link) => link.ifname !== 'br-app');
    },
    'a Podman network, whose API does not say what its bridge is called': (draft) => {
      draft.engine.kind = 'podman';
      draft.app.engine = 'podman';
      draft.app.options = {};
    },
    'links that were not read': (draft) => {
      delete draft.host.links;
    },
  },
});
