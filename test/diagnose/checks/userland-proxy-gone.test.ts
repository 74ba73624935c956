/** userland-proxy-gone: what it finds, and what it must not be confused with. */
import { userlandProxyGone } from '../../../src/diagnose/checks/userland-proxy-gone.ts';
import { testCheck } from '../test-check.ts';

testCheck(userlandProxyGone, {
  finds: {
    'the proxy was killed': (draft) => {
      draft.host.sockets = [];
    },
    'the proxy of a port on loopback was killed': (draft) => {
      draft.host.sockets = [];
      draft.webContainer.ports[0]!.hostIp = '127.0.0.1';
      draft.rule('-A DOCKER ! -i br-app', '-A DOCKER -d 127.0.0.1/32 ! -i br-app');
    },
  },
  ignores: {
    'proxies that are switched off': (draft) => {
      draft.host.sockets = [];
      draft.engine.userlandProxy = false;
    },
    'a container that is not running': (draft) => {
      draft.host.sockets = [];
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'an internal network': (draft) => {
      draft.host.sockets = [];
      draft.app.internal = true;
    },
    'sockets that were not read': (draft) => {
      delete draft.host.sockets;
    },
    'a port on an IPv6 address': (draft) => {
      draft.host.sockets = [];
      draft.webContainer.ports[0]!.hostIp = '::';
    },
  },
});
