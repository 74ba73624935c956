/** hosts-flow-blocked: what it finds between two hosts, and what it must not be confused with. */
import { hostsFlowBlocked } from '../../../src/diagnose/checks/hosts-flow-blocked.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(hostsFlowBlocked, {
  wiring: 'flannel',
  finds: {
    'FORWARD of the other host drops what comes from the tunnel': ({ b }) => b.rule('-A FORWARD -i flannel.1 -j DROP'),
    'the answer is dropped on its way': ({ a }) => a.rule('-A FORWARD -i flannel.1 -o docker0 -j DROP'),
  },
  ignores: {
    'containers that no route and no overlay connects': ({ a, b }) => {
      for (const one of [a, b]) {
        one.host.routes = one.host.routes!.filter((route) => route.dev !== 'flannel.1');
        one.host.fdb = [];
        one.rule('-A FORWARD -j DROP');
      }
    },
    'a port on which nobody listens': ({ b }) => {
      b.web.sockets = [];
    },
  },
});
