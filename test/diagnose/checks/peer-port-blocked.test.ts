/** peer-port-blocked: what it finds between two hosts, and what it must not be confused with. */
import { peerPortBlocked } from '../../../src/diagnose/checks/peer-port-blocked.ts';
import { makeSocket } from '../healthy-host.ts';
import { type HostsDraft, testHostsCheck } from '../two-hosts.ts';

const birds = ({ a, b }: HostsDraft): void => {
  for (const { host } of [a, b]) host.sockets!.push(makeSocket('tcp', '0.0.0.0', 179, 'bird'));
};

testHostsCheck(peerPortBlocked, {
  wiring: 'routes',
  finds: {
    'BGP is dropped': (draft) => {
      birds(draft);
      draft.b.rule('-A INPUT -p tcp -m tcp --dport 179 -j DROP');
    },
  },
  ignores: {
    'BIRD runs on one of the hosts only': (draft) => {
      birds(draft);
      draft.a.host.sockets = [];
      draft.b.rule('-A INPUT -p tcp -m tcp --dport 179 -j DROP');
    },
    'a port closed for others than the hosts': (draft) => {
      birds(draft);
      draft.b.rule('-A INPUT ! -s 10.77.0.0/24 -p tcp -m tcp --dport 179 -j DROP');
    },
    'a program that listens on loopback only': (draft) => {
      birds(draft);
      for (const { host } of [draft.a, draft.b]) host.sockets![0]!.local = '127.0.0.1';
      draft.b.rule('-A INPUT -p tcp -m tcp --dport 179 -j DROP');
    },
  },
});
