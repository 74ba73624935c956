/** engine-api-exposed: what it finds, and what it must not be confused with. */
import { engineApiExposed } from '../../../src/diagnose/checks/engine-api-exposed.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(engineApiExposed, {
  finds: {
    'dockerd listens on every address without a key': (draft) => {
      draft.host.sockets!.push(makeSocket('tcp', '::', 2375, 'dockerd'));
    },
  },
  ignores: {
    'a listener on loopback': (draft) => {
      draft.host.sockets!.push(makeSocket('tcp', '127.0.0.1', 2375, 'dockerd'));
    },
    'port 2376, which means TLS': (draft) => {
      draft.host.sockets!.push(makeSocket('tcp', '::', 2376, 'dockerd'));
    },
    "swarm's own ports": (draft) => {
      draft.host.sockets!.push(makeSocket('tcp', '::', 2377, 'dockerd'), makeSocket('tcp', '::', 7946, 'dockerd'));
    },
  },
});
