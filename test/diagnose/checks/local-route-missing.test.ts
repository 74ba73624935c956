/** local-route-missing: what it finds, and what it must not be confused with. */
import { localRouteMissing } from '../../../src/diagnose/checks/local-route-missing.ts';
import { testCheck } from '../test-check.ts';

testCheck(localRouteMissing, {
  finds: {
    'a container takes no packets for its own address': (draft) => {
      draft.web.routes = draft.web.routes!.filter(({ dst }) => dst !== '172.20.0.2');
    },
    'the host takes no packets for the gateway address': (draft) => {
      draft.host.routes = draft.host.routes!.filter(({ dst }) => dst !== '172.20.0.1');
    },
  },
  ignores: {
    'a container without any address': (draft) => {
      draft.web.routes = draft.web.routes!.filter(({ dst }) => dst !== '172.20.0.2');
      draft.addresses(draft.web, 'eth0').length = 0;
    },
    'routes that were not read': (draft) => {
      delete draft.web.routes;
    },
    'a bridge nobody runs on': (draft) => {
      draft.host.routes = draft.host.routes!.filter(({ dst }) => dst !== '172.17.0.1');
    },
  },
});
