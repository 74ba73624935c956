/** published-on-internal-network: what it finds, and what it must not be confused with. */
import { publishedOnInternalNetwork } from '../../../src/diagnose/checks/published-on-internal-network.ts';
import { testCheck } from '../test-check.ts';

testCheck(publishedOnInternalNetwork, {
  finds: {
    'a container on an internal network publishes a port': (draft) => {
      draft.app.internal = true;
    },
  },
  ignores: {
    'a container that is also on a normal network': (draft) => {
      draft.app.internal = true;
      draft.webContainer.endpoints.push({
        ...structuredClone(draft.webContainer.endpoints[0]!),
        network: 'bridge',
        networkId: draft.engine.networks[0]!.fullId,
      });
    },
    'an internal network without published ports': (draft) => {
      draft.app.internal = true;
      draft.webContainer.ports = [];
    },
  },
});
