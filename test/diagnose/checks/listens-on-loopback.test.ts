/** listens-on-loopback: what it finds, and what it must not be confused with. */
import { listensOnLoopback } from '../../../src/diagnose/checks/listens-on-loopback.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(listensOnLoopback, {
  finds: {
    'the program listens on 127.0.0.1': (draft) => {
      draft.web.sockets = [makeSocket('tcp', '127.0.0.1', 80, 'nginx')];
    },
  },
  ignores: {
    'an IPv6 wildcard socket, which takes IPv4 as well': (draft) => {
      draft.web.sockets = [makeSocket('tcp', '::', 80, 'nginx', { v6only: false })];
    },
    "sockets of the engine's resolver": (draft) => {
      draft.web.sockets!.push(makeSocket('tcp', '127.0.0.11', 41234, 'dockerd'));
    },
    'nobody listening at all': (draft) => {
      draft.web.sockets = [];
    },
    'sockets that were not read': (draft) => {
      delete draft.web.sockets;
    },
    'another socket on loopback': (draft) => {
      draft.web.sockets!.push(makeSocket('tcp', '127.0.0.1', 9000, 'php-fpm'));
    },
  },
});
