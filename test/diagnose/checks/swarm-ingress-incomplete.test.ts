/** swarm-ingress-incomplete: what it finds, and what it must not be confused with. */
import { swarmIngressIncomplete } from '../../../src/diagnose/checks/swarm-ingress-incomplete.ts';
import { makeLo, makeNetns, makeNetwork } from '../../graph/make-snapshot.ts';
import { type Draft, mutable } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const inside = `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 8090 -j MARK --set-xmark 0x100/0xffffffff
COMMIT
`;

const dnat = '-A DOCKER-INGRESS -p tcp -m tcp --dport 8090 -j DNAT --to-destination 172.18.0.2:8090';
const jump = '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-INGRESS';

/** A node that answers for one service. */
function joinSwarm(draft: Draft, leaveOut = ''): void {
  draft.engine.swarm = { active: true, manager: true };
  draft.engine.networks.push(mutable(makeNetwork('docker_gwbridge', { subnets: [{ subnet: '172.18.0.0/16' }] })));
  draft.rule(':DOCKER - [0:0]\n-A PREROUTING', ':DOCKER - [0:0]\n:DOCKER-INGRESS - [0:0]\n-A PREROUTING');
  const rules = [jump, '-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER-INGRESS', dnat];
  for (const rule of rules) if (rule !== leaveOut) draft.addRule('nat', rule);
  draft.addNetns(
    makeNetns(300, [makeLo()], {
      names: ['docker/ingress_sbox'],
      ruleset: {
        iptablesNft: inside,
        present: { nftTables: [{ family: 'ip', name: 'mangle' }], legacyTables: [], legacyTables6: [] },
      },
    }),
  );
}

testCheck(swarmIngressIncomplete, {
  finds: {
    'the rule of a service was deleted': (draft) => {
      joinSwarm(draft, dnat);
    },
    'the chain is not reached': (draft) => {
      joinSwarm(draft, jump);
    },
  },
  notFirst: ['the rule of a service was deleted', 'the chain is not reached'],
  ignores: {
    'a node that answers': (draft) => {
      joinSwarm(draft);
    },
    'a node that is in no swarm': (draft) => {
      joinSwarm(draft, dnat);
      delete draft.engine.swarm;
    },
    'a node without an ingress sandbox yet': (draft) => {
      draft.engine.swarm = { active: true };
    },
  },
});
