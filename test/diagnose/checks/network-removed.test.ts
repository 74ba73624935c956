/** network-removed: what it finds, and what it must not be confused with. */
import { networkRemoved } from '../../../src/diagnose/checks/network-removed.ts';
import { testCheck } from '../test-check.ts';

testCheck(networkRemoved, {
  finds: {
    'the network was made again under the same name': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
      draft.dbContainer.endpoints[0]!.networkId = 'f'.repeat(64);
    },
  },
  ignores: {
    'the default bridge after a restart of the engine': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
      draft.dbContainer.endpoints[0]!.network = 'bridge';
      draft.dbContainer.endpoints[0]!.networkId = 'f'.repeat(64);
    },
    'a swarm task': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
      draft.dbContainer.endpoints[0]!.networkId = 'f'.repeat(64);
      draft.dbContainer.labels = { 'com.docker.swarm.task.id': 'x' };
    },
    'a container without networks': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
      draft.dbContainer.endpoints = [];
    },
    'a stopped container on a network that is there': (draft) => {
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
  },
});
