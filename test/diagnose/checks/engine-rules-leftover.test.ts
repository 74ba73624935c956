/** engine-rules-leftover: what it finds, and what it must not be confused with. */
import { engineRulesLeftover } from '../../../src/diagnose/checks/engine-rules-leftover.ts';
import { testCheck } from '../test-check.ts';

testCheck(engineRulesLeftover, {
  finds: {
    'chains of another version are there': (draft) => {
      draft.rule(':DOCKER-USER - [0:0]', ':DOCKER-USER - [0:0]\n:DOCKER-ISOLATION - [0:0]');
    },
    'a rule is about a bridge that is gone': (draft) => {
      draft.addRule('filter', '-A DOCKER-ISOLATION-STAGE-2 -o br-0123456789ab -j DROP');
    },
  },
  ignores: {
    'chains of the present version': (draft) => {
      draft.rule(':DOCKER-USER - [0:0]', ':DOCKER-USER - [0:0]\n:DOCKER-INGRESS - [0:0]');
    },
    'a rule about a bridge of another maker': (draft) => {
      draft.addRule('filter', '-A FORWARD -o virbr7 -j ACCEPT');
    },
  },
});
