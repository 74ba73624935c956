/** published-port-not-accepted: what it finds, and what it must not be confused with. */
import { publishedPortNotAccepted } from '../../../src/diagnose/checks/published-port-not-accepted.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const accept = '-A DOCKER -d 172.20.0.2/32 ! -i br-app -o br-app -p tcp -m tcp --dport 80 -j ACCEPT\n';
const lose = (draft: Draft) => draft.rule(accept, '');

testCheck(publishedPortNotAccepted, {
  finds: {
    'the rule that accepts the port was deleted': (draft) => {
      lose(draft);
    },
    'the rule accepts another port': (draft) => {
      draft.rule('--dport 80 -j ACCEPT', '--dport 81 -j ACCEPT');
    },
  },
  ignores: {
    'gateway mode routed': (draft) => {
      lose(draft);
      draft.app.options['com.docker.network.bridge.gateway_mode_ipv4'] = 'routed';
    },
    'a rule that accepts every port': (draft) => {
      draft.rule('-p tcp -m tcp --dport 80 -j ACCEPT', '-j ACCEPT');
    },
    'an internal network': (draft) => {
      lose(draft);
      draft.app.internal = true;
    },
  },
});
