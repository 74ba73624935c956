/** nameserver-on-loopback: what it finds, and what it must not be confused with. */
import { nameserverOnLoopback } from '../../../src/diagnose/checks/nameserver-on-loopback.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(nameserverOnLoopback, {
  finds: {
    "the host's stub got into the container": (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.53\n' };
    },
  },
  ignores: {
    "127.0.0.11, the engine's resolver": (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.11\n' };
    },
    'mode host': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.53\n' };
      draft.webContainer.mode = 'host';
    },
    'a container that runs its own resolver': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.1\n' };
      draft.web.sockets!.push(makeSocket('udp', '127.0.0.1', 53, 'unbound'));
    },
    'a further server that works': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.1\nnameserver 9.9.9.9\n' };
    },
  },
});
