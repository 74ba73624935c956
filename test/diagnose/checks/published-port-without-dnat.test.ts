/** published-port-without-dnat: what it finds, and what it must not be confused with. */
import { publishedPortWithoutDnat } from '../../../src/diagnose/checks/published-port-without-dnat.ts';
import { useNftablesBackend } from '../nftables-backend.ts';
import { testCheck } from '../test-check.ts';

testCheck(publishedPortWithoutDnat, {
  finds: {
    'the rule was deleted and the proxy hides it': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
    },
    'the rule was deleted and there is no proxy': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.host.sockets = [];
    },
    'the nftables backend lost the rule': (draft) => {
      useNftablesBackend(draft, (text) => !text.includes('"dnat"'));
    },
  },
  ignores: {
    'the nftables backend': (draft) => {
      useNftablesBackend(draft);
    },
    'an internal network': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.app.internal = true;
    },
    'gateway mode routed': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.app.options['com.docker.network.bridge.gateway_mode_ipv4'] = 'routed';
    },
    'a port published on IPv6 only': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.webContainer.ports[0]!.hostIp = '::';
    },
    'a rootless engine': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.engine.rootless = true;
    },
    'rules that were not read': (draft) => {
      delete draft.host.ruleset;
    },
  },
});
