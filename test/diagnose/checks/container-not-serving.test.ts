/** container-not-serving: what it finds, and what it must not be confused with. */
import { containerNotServing } from '../../../src/diagnose/checks/container-not-serving.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerNotServing, {
  finds: {
    'a container is paused': (draft) => {
      draft.webContainer.state = 'paused';
    },
    'a container restarts again and again': (draft) => {
      draft.webContainer.state = 'restarting';
    },
  },
  ignores: {
    'a stopped container': (draft) => {
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'a created container': (draft) => {
      draft.webContainer.state = 'created';
      draft.webContainer.pid = 0;
    },
  },
});
