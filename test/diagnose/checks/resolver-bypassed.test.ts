/** resolver-bypassed: what it finds, and what it must not be confused with. */
import { resolverBypassed } from '../../../src/diagnose/checks/resolver-bypassed.ts';
import { testCheck } from '../test-check.ts';

testCheck(resolverBypassed, {
  finds: {
    'a server that knows nothing of containers': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 10.255.255.53\n' };
    },
    'no server at all': (draft) => {
      draft.webContainer.files = { resolvConf: '# nameserver 127.0.0.11\n' };
    },
  },
  ignores: {
    "the engine's resolver among others": (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.11\nnameserver 192.0.2.53\n' };
    },
    'a server of its own on loopback': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 127.0.0.1\n' };
    },
    'mode none, which is a network of driver null to the engine': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 192.0.2.53\n' };
      draft.app.driver = 'null';
    },
    'the default bridge': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 192.0.2.53\n' };
      draft.webContainer.endpoints[0]!.network = 'bridge';
      draft.webContainer.endpoints[0]!.networkId = draft.engine.networks[0]!.fullId;
    },
    'a netns without rules of the resolver': (draft) => {
      draft.webContainer.files = { resolvConf: 'nameserver 192.0.2.53\n' };
      draft.web.ruleset = { present: { legacyTables: [], legacyTables6: [], nftTables: [] } };
    },
    'a file that was not read': (draft) => {
      delete draft.webContainer.files;
    },
  },
});
