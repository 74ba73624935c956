/** container-link-missing: what it finds, and what it must not be confused with. */
import { containerLinkMissing } from '../../../src/diagnose/checks/container-link-missing.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

function deleteVeth(draft: Draft): void {
  draft.web.links = draft.web.links!.filter((link) => link.ifname !== 'eth0');
  draft.web.addresses = draft.web.addresses!.filter((one) => one.ifname !== 'eth0');
  draft.web.routes = [];
  draft.host.links = draft.host.links!.filter((link) => link.ifname !== 'vethweb');
}

testCheck(containerLinkMissing, {
  finds: {
    'the veth is gone, both ends': (draft) => deleteVeth(draft),
  },
  ignores: {
    'a link with another address than the engine gave it': (draft) => {
      draft.addresses(draft.web, 'eth0')[0]!.local = '172.20.9.9';
    },
    'a link with another MAC and another address': (draft) => {
      draft.addresses(draft.web, 'eth0')[0]!.local = '172.20.9.9';
      draft.link(draft.web, 'eth0').address = '02:00:00:00:00:77';
    },
    'a container that is not running': (draft) => {
      deleteVeth(draft);
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'links that were not read': (draft) => {
      delete draft.web.links;
    },
  },
});
