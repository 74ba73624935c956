/** rule-drops-packets: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { ruleDropsPackets } from '../../../src/diagnose/checks/rule-drops-packets.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { type Draft, healthyHost } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const nftTable = (packets: number) =>
  JSON.stringify({
    nftables: [
      { table: { family: 'inet', name: 'mine', handle: 1 } },
      {
        chain: {
          family: 'inet',
          table: 'mine',
          name: 'fwd',
          handle: 1,
          type: 'filter',
          hook: 'forward',
          prio: 10,
          policy: 'accept',
        },
      },
      {
        rule: {
          family: 'inet',
          table: 'mine',
          chain: 'fwd',
          handle: 2,
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: 9 } },
            { counter: { packets, bytes: packets * 60 } },
            { drop: null },
          ],
        },
      },
    ],
  });

testCheck(ruleDropsPackets, {
  finds: {
    'a rule of iptables drops': (draft) => {
      draft.addRule('filter', '[7:420] -A FORWARD -s 192.0.2.7/32 -j DROP');
    },
    'a rule of iptables rejects': (draft) => {
      draft.addRule('filter', '[1:60] -A INPUT -p tcp -m tcp --dport 23 -j REJECT --reject-with icmp-port-unreachable');
    },
    'a rule of nft drops': (draft) => {
      draft.host.ruleset!.nft = nftTable(3);
    },
  },
  ignores: {
    'a rule that has dropped nothing': (draft) => {
      draft.addRule('filter', '[0:0] -A FORWARD -s 192.0.2.7/32 -j DROP');
    },
    'rules that let packets pass': (draft) => {
      draft.addRule('filter', '[7:420] -A FORWARD -s 192.0.2.7/32 -j ACCEPT');
    },
  },
});

const between = (before: (draft: Draft) => void, after: (draft: Draft) => void): readonly string[] => {
  const graph = buildGraph([healthyHost(after)]);
  const earlier = { graph: buildGraph([healthyHost(before)]), seconds: 5 };
  return diagnose(graph, { only: ['rule-drops-packets'], earlier }).findings.map(({ title }) => title);
};

const dropped = (packets: number) => (draft: Draft) => {
  draft.addRule('filter', `[${packets}:60] -A FORWARD -s 192.0.2.7/32 -j DROP`);
};

test('only what was counted in between counts', () => {
  expect(between(dropped(100), dropped(100))).toEqual([]);
  expect(between(dropped(100), dropped(3))).toEqual([]);
  expect(between(dropped(100), dropped(104))).toEqual([expect.stringMatching(/dropped 4 packets in 5 s$/)]);
});

test('a rule that moved is still the same rule', () => {
  const moved = (draft: Draft) => {
    draft.rule('-A FORWARD -j DOCKER-USER', '-A FORWARD -s 192.0.2.1/32 -j ACCEPT\n-A FORWARD -j DOCKER-USER');
    dropped(100)(draft);
  };
  expect(between(dropped(100), moved)).toEqual([]);
});
