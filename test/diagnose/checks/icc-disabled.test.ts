/** icc-disabled: what it finds, and what it must not be confused with. */
import { iccDisabled } from '../../../src/diagnose/checks/icc-disabled.ts';
import { testCheck } from '../test-check.ts';

testCheck(iccDisabled, {
  finds: {
    'a network keeps its containers apart': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
    },
  },
  ignores: {
    docker_gwbridge: (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.app.name = 'docker_gwbridge';
    },
    'a network with fewer than two containers': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
  },
});
