/** container-gateway-unreachable: what it finds, and what it must not be confused with. */
import { containerGatewayUnreachable } from '../../../src/diagnose/checks/container-gateway-unreachable.ts';
import { makeNeighbour } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerGatewayUnreachable, {
  finds: {
    'the default route leads to an address nobody has': (draft) => {
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '172.20.0.98';
    },
    'the default route on a macvlan leads to an address that does not answer': (draft) => {
      draft.app.driver = 'macvlan';
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '172.20.0.98';
      draft.web.neighbours!.push(makeNeighbour('172.20.0.98', 'eth0', undefined, 'FAILED'));
    },
  },
  ignores: {
    'another router of the LAN': (draft) => {
      draft.app.driver = 'macvlan';
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '172.20.0.98';
    },
    'a neighbour that serves as router': (draft) => {
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '172.20.0.3';
    },
    'a gateway outside the networks of the engine': (draft) => {
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '192.0.2.1';
    },
    "a VPN's default route by its own link": (draft) => {
      draft.web.routes!.find((route) => route.dst === 'default')!.dev = 'tun0';
      draft.web.routes!.find((route) => route.dst === 'default')!.gateway = '172.20.0.98';
    },
  },
});
