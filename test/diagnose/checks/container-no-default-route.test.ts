/** container-no-default-route: what it finds, and what it must not be confused with. */
import { containerNoDefaultRoute } from '../../../src/diagnose/checks/container-no-default-route.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerNoDefaultRoute, {
  finds: {
    'a program inside deleted the IPv6 default route': (draft) => {
      Object.assign(draft.webContainer.endpoints[0]!, { ipv6: 'fd00:20::2', gateway6: 'fd00:20::1' });
      draft.addresses(draft.web, 'eth0').push({ family: 'inet6', local: 'fd00:20::2', prefixlen: 64, scope: 'global' });
    },
    'a container on macvlan has lost its default route': (draft) => {
      draft.app.driver = 'macvlan';
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
    },
    'a program inside deleted the default route': (draft) => {
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
    },
  },
  ignores: {
    'an internal network': (draft) => {
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      draft.app.internal = true;
    },
    'mode none': (draft) => {
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      draft.webContainer.mode = 'none';
      draft.webContainer.endpoints = [];
    },
    'ipvlan, whose default route is by link': (draft) => {
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      draft.app.driver = 'ipvlan';
    },
    'an endpoint without a gateway': (draft) => {
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      delete draft.webContainer.endpoints[0]!.gateway4;
    },
  },
});
