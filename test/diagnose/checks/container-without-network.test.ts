/** container-without-network: what it finds, and what it must not be confused with. */
import { containerWithoutNetwork } from '../../../src/diagnose/checks/container-without-network.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const disconnect = (draft: Draft): void => {
  draft.webContainer.endpoints = [];
  draft.webContainer.ports = [];
  draft.web.links = draft.web.links!.filter(({ ifname }) => ifname === 'lo');
  draft.web.addresses = [];
  draft.web.routes = draft.web.routes!.filter(({ dev }) => dev === 'lo');
  draft.host.links = draft.host.links!.filter(({ ifname }) => ifname !== 'vethweb');
};

testCheck(containerWithoutNetwork, {
  finds: { 'it was disconnected from its only network': disconnect },
  ignores: {
    'mode none': (draft) => {
      disconnect(draft);
      draft.webContainer.mode = 'none';
    },
    'a container that is not running': (draft) => {
      disconnect(draft);
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'a link that somebody else gave it': (draft) => {
      draft.webContainer.endpoints = [];
    },
  },
  notFirst: ['it was disconnected from its only network'],
});
