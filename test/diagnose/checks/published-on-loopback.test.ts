/** published-on-loopback: what it finds, and what it must not be confused with. */
import { publishedOnLoopback } from '../../../src/diagnose/checks/published-on-loopback.ts';
import { testCheck } from '../test-check.ts';

testCheck(publishedOnLoopback, {
  finds: {
    'a port is published on 127.0.0.1': (draft) => {
      draft.webContainer.ports[0]!.hostIp = '127.0.0.1';
    },
  },
  ignores: {
    'a port published on every address': (draft) => {
      draft.webContainer.ports[0]!.hostIp = '0.0.0.0';
    },
    'a stopped container': (draft) => {
      draft.webContainer.ports[0]!.hostIp = '127.0.0.1';
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
  },
});
