/** docker-user-dead-rule: what it finds, and what it must not be confused with. */
import { dockerUserDeadRule } from '../../../src/diagnose/checks/docker-user-dead-rule.ts';
import { testCheck } from '../test-check.ts';

testCheck(dockerUserDeadRule, {
  finds: {
    'a rule was appended behind the RETURN': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -j RETURN\n-A DOCKER-USER -s 198.51.100.9/32 -j DROP');
    },
    'a rule asks for the published port': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 8080 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
  },
  ignores: {
    'rules before the RETURN': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -s 198.51.100.9/32 -j DROP\n-A DOCKER-USER -j RETURN');
    },
    'a port that is the same on host and container': (draft) => {
      draft.webContainer.ports[0]!.hostPort = 80;
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 -s 198.51.100.9/32 -p tcp -m tcp --dport 80 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
    'a second RETURN': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -j RETURN\n-A DOCKER-USER -j RETURN');
    },
  },
});
