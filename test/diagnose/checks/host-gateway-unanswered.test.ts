/** host-gateway-unanswered: what it finds, and what it must not be confused with. */
import { hostGatewayUnanswered } from '../../../src/diagnose/checks/host-gateway-unanswered.ts';
import { makeNeighbour, makeRoute } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const byNobody = { gateway: '10.77.0.99', scope: 'global', protocol: 'boot' };

testCheck(hostGatewayUnanswered, {
  finds: {
    'the router does not answer': (draft) => {
      Object.assign(draft.host.neighbours![0]!, makeNeighbour('10.77.0.1', 'eth0', undefined, 'FAILED'));
    },
    'the default route names an address nobody has, and it is still asked for': (draft) => {
      draft.host.routes![0]!.gateway = '10.77.0.99';
      draft.host.neighbours!.push(makeNeighbour('10.77.0.99', 'eth0', undefined, 'INCOMPLETE'));
    },
    'a table that a policy rule leads to has a gateway nobody has': (draft) => {
      draft.host.policyRules!.push({ family: 'inet', priority: 88, src: '172.20.0.0', srclen: 16, table: '88' });
      draft.host.routes!.push(makeRoute('default', 'eth0', { ...byNobody, table: '88' }));
      draft.host.neighbours!.push(makeNeighbour('10.77.0.99', 'eth0', undefined, 'FAILED'));
    },
  },
  ignores: {
    'a second way out behind a better one': (draft) => {
      draft.host.routes!.push(makeRoute('default', 'eth0', { ...byNobody, metric: 500 }));
      draft.host.neighbours!.push(makeNeighbour('10.77.0.99', 'eth0', undefined, 'FAILED'));
    },
    'a table that nobody asks': (draft) => {
      draft.host.routes!.push(makeRoute('default', 'eth0', { ...byNobody, table: '88' }));
      draft.host.neighbours!.push(makeNeighbour('10.77.0.99', 'eth0', undefined, 'FAILED'));
    },
    'an uplink that is switched off': (draft) => {
      draft.link(draft.host, 'eth0').flags = ['BROADCAST', 'MULTICAST'];
      Object.assign(draft.host.neighbours![0]!, makeNeighbour('10.77.0.1', 'eth0', undefined, 'FAILED'));
    },
  },
});
