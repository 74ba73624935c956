/** Chains on links, from rules written by hand: which link they are on decides, and where that is not told nothing is claimed. */
import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { healthyHost } from '../../diagnose/healthy-host.ts';

interface LinkChain {
  readonly family?: string;
  readonly hook?: string;
  readonly dev?: string | readonly string[];
  readonly policy?: string;
  readonly rules?: readonly (readonly unknown[])[];
}

const ruleset = ({ family = 'netdev', hook = 'ingress', policy = 'accept', dev, rules = [] }: LinkChain): string => {
  const chain = { family, table: 'fw', name: 'c' };
  return JSON.stringify({
    nftables: [
      { table: { family, name: 'fw', handle: 1 } },
      { chain: { ...chain, handle: 1, type: 'filter', hook, prio: 0, policy, ...(dev !== undefined && { dev }) } },
      ...rules.map((expr, n) => ({ rule: { ...chain, table: 'fw', chain: 'c', handle: n + 2, expr } })),
    ],
  });
};

const field = (protocol: string, name: string, right: unknown) => ({
  match: { op: '==', left: { payload: { protocol, field: name } }, right },
});
const drop = { drop: null };
const dropsWeb = [[field('tcp', 'dport', 80), drop]];

const trace = (chain: LinkChain): Trace => {
  const snapshot = healthyHost((draft) => {
    draft.host.ruleset = { ...draft.host.ruleset!, nft: ruleset(chain) };
  });
  const answer = tracePacket(buildGraph([snapshot]), { from: 'db', to: 'web:80' });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

test.each<readonly [string, LinkChain]>([
  ['comes in by the port of the sender', { dev: 'vethdb', rules: dropsWeb }],
  ['comes in by any of several links', { dev: ['eth0', 'vethdb'], rules: dropsWeb }],
  ['leaves by the port of the receiver', { dev: 'vethweb', hook: 'egress', rules: dropsWeb }],
  ['comes in by a link of an inet chain', { family: 'inet', dev: 'vethdb', rules: dropsWeb }],
  [
    'is for another station',
    { dev: 'vethdb', rules: [[{ match: { op: '==', left: { meta: { key: 'pkttype' } }, right: 'other' } }, drop]] },
  ],
])('a chain on a link drops what %s', (_, chain) => {
  const { outcome, decidedBy } = trace(chain);
  expect([outcome, decidedBy?.evidence.rule?.chain]).toEqual(['dropped', 'c']);
});

test.each<readonly [string, LinkChain]>([
  ['another link', { dev: 'eth0', rules: dropsWeb }],
  ['the other direction', { dev: 'vethdb', hook: 'egress', rules: dropsWeb }],
  ['no link at all', { dev: [], rules: dropsWeb }],
  ['other packets', { dev: 'vethdb', rules: [[field('tcp', 'dport', 81), drop]] }],
  [
    'a strict chain that lets ARP pass',
    {
      dev: 'vethdb',
      policy: 'drop',
      rules: [
        [field('ether', 'type', 'arp'), { accept: null }],
        [field('ip', 'version', 4), { accept: null }],
      ],
    },
  ],
])('a chain on a link leaves the packet alone when it is about %s', (_, chain) => {
  expect(trace(chain).outcome).toBe('delivered');
});

test('a chain whose links nft does not tell makes unknown what it would drop, and nothing else', () => {
  const { outcome, decidedBy } = trace({ rules: dropsWeb });
  expect(outcome).toBe('unknown');
  expect(decidedBy?.text).toContain('on which links chain netdev fw c is');
  expect(trace({ rules: [[field('tcp', 'dport', 81), drop]] }).outcome).toBe('delivered');
});

test('a chain that lets only IP pass may stop ARP: that neighbours are found is not claimed', () => {
  const { outcome, decidedBy } = trace({
    dev: 'vethdb',
    policy: 'drop',
    rules: [[field('ip', 'version', 4), { accept: null }]],
  });
  expect(outcome).toBe('unknown');
  expect(decidedBy?.text).toContain('lets ARP pass');
});

test('a frame that a rule copies or sends elsewhere is not followed by guess', () => {
  const { outcome } = trace({ dev: 'vethdb', rules: [[field('tcp', 'dport', 80), { fwd: { dev: 'eth0' } }]] });
  expect(outcome).toBe('unknown');
});
