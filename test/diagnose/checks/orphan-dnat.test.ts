/** orphan-dnat: what it finds, and what it must not be confused with. */
import { orphanDnat } from '../../../src/diagnose/checks/orphan-dnat.ts';
import { testCheck } from '../test-check.ts';

testCheck(orphanDnat, {
  finds: {
    'an old rule stands before the right one': (draft) => {
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.250:80\n-A DOCKER ! -i br-app',
      );
    },
    'an old rule takes a port nobody publishes': (draft) => {
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER ! -i br-app -p tcp -m tcp --dport 2222 -j DNAT --to-destination 172.20.0.250:22\n-A DOCKER ! -i br-app',
      );
    },
    "somebody's rule before the chain of the engine takes a published port": (draft) => {
      draft.rule(
        '-A PREROUTING -m addrtype',
        '-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.250:80\n-A PREROUTING -m addrtype',
      );
    },
    'the other backend takes a published port': (draft) => {
      draft.host.ruleset!.iptablesLegacy = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.250:80
COMMIT
`;
      draft.host.ruleset!.present.legacyTables.push('nat');
    },
  },
  ignores: {
    "somebody's rule that leads to another host": (draft) => {
      draft.addRule('nat', '-A PREROUTING -p tcp -m tcp --dport 2222 -j DNAT --to-destination 10.9.9.9:22');
    },
    'the same port on another host address': (draft) => {
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER -d 10.77.0.11/32 ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.3:80\n-A DOCKER ! -i br-app',
      );
    },
    'two identical rules': (draft) => {
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n-A DOCKER ! -i br-app',
      );
    },
    'a netns that could not be read': (draft) => {
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER ! -i br-app -p tcp -m tcp --dport 2222 -j DNAT --to-destination 172.20.0.250:22\n-A DOCKER ! -i br-app',
      );
      delete draft.db.links;
      delete draft.db.addresses;
    },
    'a running container that lost its address': (draft) => {
      draft.addresses(draft.web, 'eth0')[0]!.local = '172.20.9.9';
    },
  },
});
