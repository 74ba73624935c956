/** loopback-down: what it finds, and what it must not be confused with. */
import { loopbackDown } from '../../../src/diagnose/checks/loopback-down.ts';
import { testCheck } from '../test-check.ts';

testCheck(loopbackDown, {
  finds: {
    'lo of a container has lost its address': (draft) => {
      draft.web.routes = draft.web.routes!.filter(({ dst }) => dst !== '127.0.0.0/8');
    },
    'lo of a container is down': (draft) => {
      draft.link(draft.web, 'lo').flags = ['LOOPBACK'];
    },
    'lo of the host is down': (draft) => {
      draft.link(draft.host, 'lo').flags = ['LOOPBACK'];
    },
  },
  ignores: {
    'a container that is not running': (draft) => {
      draft.link(draft.web, 'lo').flags = ['LOOPBACK'];
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'a container without networks': (draft) => {
      draft.link(draft.web, 'lo').flags = ['LOOPBACK'];
      draft.webContainer.endpoints = [];
    },
  },
});
