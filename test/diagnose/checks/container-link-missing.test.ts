/** container-link-missing: what it finds, and what it must not be confused with. */
import { containerLinkMissing } from '../../../src/diagnose/checks/container-link-missing.ts';
import type { Link } from '../../../src/model/link.ts';
import { makeLink, makeNetns, nsids } from '../../graph/make-snapshot.ts';
import { type Draft, mutable } from '../healthy-host.ts';
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
    'the end inside was moved to another netns, and other links are there': (draft) => {
      const [moved] = draft.web.links!.filter(({ ifname }) => ifname === 'eth0');
      draft.web.links = [...draft.web.links!.filter((link) => link !== moved), mutable(makeLink(9, 'tun0'))];
      draft.web.addresses = [];
      draft.web.routes = [];
      Object.assign(draft.host, { nsids: nsids(100, 200, 300) });
      draft.link(draft.host, 'vethweb').link_netnsid = 2;
      draft.addNetns(makeNetns(300, [moved as Link], { nsids: nsids(1) }));
    },
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
