/** orphan-userland-proxy: what it finds, and what it must not be confused with. */
import { orphanUserlandProxy } from '../../../src/diagnose/checks/orphan-userland-proxy.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(orphanUserlandProxy, {
  finds: {
    'a proxy serves an address nobody has': (draft) => {
      draft.host.sockets!.push(
        makeSocket('tcp', '0.0.0.0', 9090, 'docker-proxy', {
          processes: [
            {
              pid: 901,
              comm: 'docker-proxy',
              cmdline: 'docker-proxy -proto tcp -host-port 9090 -container-ip 172.20.0.250 -container-port 90',
            },
          ],
        }),
      );
    },
  },
  ignores: {
    'a proxy of a running container': (draft) => {
      draft.host.sockets!.push(
        makeSocket('tcp', '0.0.0.0', 9090, 'docker-proxy', {
          processes: [
            {
              pid: 901,
              comm: 'docker-proxy',
              cmdline: 'docker-proxy -proto tcp -host-port 9090 -container-ip 172.20.0.3 -container-port 90',
            },
          ],
        }),
      );
    },
    'a proxy whose arguments could not be read': (draft) => {
      draft.host.sockets!.push(
        makeSocket('tcp', '0.0.0.0', 9090, 'docker-proxy', { processes: [{ pid: 901, comm: 'docker-proxy' }] }),
      );
    },
    'an engine whose containers could not be listed': (draft) => {
      draft.host.sockets!.push(
        makeSocket('tcp', '0.0.0.0', 9090, 'docker-proxy', {
          processes: [{ pid: 901, comm: 'docker-proxy', cmdline: 'docker-proxy -container-ip 172.20.0.250' }],
        }),
      );
      draft.engine.containers = [];
      draft.engine.networks = [];
    },
  },
});
