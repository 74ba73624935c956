/** leftover-veth: what it finds, and what it must not be confused with. */
import { leftoverVeth } from '../../../src/diagnose/checks/leftover-veth.ts';
import { inode, makeLo, makeNetns, makePort, makeVeth, nsids, process } from '../../graph/make-snapshot.ts';
import { mutable } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(leftoverVeth, {
  finds: {
    'nobody holds the netns of the other end': (draft) => {
      draft.host.links!.push(mutable(makePort(20, 'veth20', 2, 7, 'br-app')));
      draft.host.nsids = [...draft.host.nsids, { nsid: 7, netns: inode(700) }];
      draft.addNetns(
        makeNetns(700, [makeLo(), makeVeth(2, 'eth0', 20, 0)], {
          nsids: nsids(1),
          holders: [{ kind: 'nsid', seenFrom: inode(1), nsid: 7 }],
        }),
      );
    },
  },
  ignores: {
    'a container of another runtime': (draft) => {
      draft.host.links!.push(mutable(makePort(20, 'veth20', 2, 7, 'br-app')));
      draft.host.nsids = [...draft.host.nsids, { nsid: 7, netns: inode(700) }];
      draft.addNetns(
        makeNetns(700, [makeLo(), makeVeth(2, 'eth0', 20, 0)], { nsids: nsids(1), holders: [process(700, 'pause')] }),
      );
    },
    'a netns that a file keeps on purpose': (draft) => {
      draft.host.links!.push(mutable(makePort(20, 'veth20', 2, 7, 'br-app')));
      draft.host.nsids = [...draft.host.nsids, { nsid: 7, netns: inode(700) }];
      draft.addNetns(
        makeNetns(700, [makeLo(), makeVeth(2, 'eth0', 20, 0)], {
          nsids: nsids(1),
          holders: [{ kind: 'mount', path: '/run/netns/lab' }],
        }),
      );
    },
  },
});
