/** Two hosts on one wire, each read alone: what every pair of containers, and the hosts, reach is what was predicted. */
import { expect } from 'vitest';
import { runTwoHosts } from '../oracle/run-two-hosts.ts';
import { requires } from '../support/requires.ts';

const { test } = requires(
  'root',
  'tool:ip',
  'tool:bridge',
  'tool:nft',
  'tool:iptables-nft-save',
  'kernel:iptables-nft',
  'kernel:macvlan',
  'kernel:vxlan',
  'kernel:ipv6',
);

/** Some of what `npm run bench:hosts` goes through; `outcomes`: what must be among the predictions, so that nothing is compared with nothing. */
const samples = [
  ['static routes', ['delivered', 'no-listener']],
  ['masqueraded towards the other host', ['delivered', 'dropped']],
  ['flannel', ['delivered', 'no-listener']],
  ['flannel, its port closed on one host', ['delivered', 'dropped']],
  ['swarm', ['delivered', 'no-listener']],
  ['a flooding tunnel, its port closed on one host', ['delivered', 'no-neighbour']],
  ['a tunnel over IPv6 with a list of other ends', ['delivered', 'no-listener']],
  ['routed workloads', ['delivered', 'no-listener']],
] as const;

test.each(samples)('all pairs over two hosts, %s: what happens is what was predicted', async (name, outcomes) => {
  const { cases, failedCommands } = await runTwoHosts(name, `vs-hosts-${process.pid}-`);
  expect(failedCommands).toEqual([]);
  const wrong = cases
    .filter(({ agreement }) => agreement.kind !== 'agrees')
    .map(({ probe, agreement, trace }) => ({ probe, agreement, predicted: trace.explanation }));
  expect(wrong).toEqual([]);
  expect([...new Set(cases.map(({ trace }) => trace.outcome))]).toEqual(expect.arrayContaining([...outcomes]));
});
