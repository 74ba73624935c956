/** host-port-conflict: what it finds, and what it must not be confused with. */
import { hostPortConflict } from '../../../src/diagnose/checks/host-port-conflict.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(hostPortConflict, {
  finds: {
    'another container has the port': (draft) => {
      draft.dbContainer.state = 'created';
      draft.dbContainer.pid = 0;
      draft.dbContainer.error =
        'driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated';
    },
    'a program of the host has the port': (draft) => {
      draft.dbContainer.state = 'created';
      draft.dbContainer.pid = 0;
      draft.dbContainer.error = 'Error starting userland proxy: listen tcp4 0.0.0.0:53: bind: address already in use';
      draft.host.sockets!.push(makeSocket('tcp', '127.0.0.53', 53, 'systemd-resolve'));
    },
  },
  ignores: {
    'a container that was stopped without an error': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
    'a container that runs by now': (draft) => {
      draft.dbContainer.error = 'Bind for 0.0.0.0:8080 failed: port is already allocated';
    },
    'another error': (draft) => {
      draft.dbContainer.state = 'created';
      draft.dbContainer.pid = 0;
      draft.dbContainer.error = 'no such image';
    },
  },
});
