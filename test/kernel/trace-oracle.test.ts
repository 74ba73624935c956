import { expect } from 'vitest';
import { runNetwork } from '../oracle/run-topology.ts';
import { requires } from '../support/requires.ts';

const { test } = requires(
  'root',
  'tool:ip',
  'tool:bridge',
  'tool:nft',
  'tool:iptables-nft-save',
  'tool:iptables-legacy-save',
  'kernel:br_netfilter',
  'kernel:iptables-nft',
  'kernel:iptables-legacy',
  'kernel:macvlan',
  'kernel:ipv6',
);

/** A fixed sample of what `npm run bench:oracle` does at length. */
const networks = [1, 5, 1014, 1047, 40017] as const;

test.each(networks)('what the kernel does with 20 packets in random network %d is what was predicted', async (seed) => {
  const { cases, counterFaults } = await runNetwork(seed, 20, `vs-oracle-${process.pid}-`);
  const wrong = cases
    .filter(({ agreement }) => agreement.kind === 'disagrees')
    .map(({ probe, agreement, trace }) => ({ probe, agreement, predicted: trace.explanation }));
  expect(wrong).toEqual([]);
  expect(counterFaults).toEqual([]);
  const decided = cases.filter(({ agreement }) => agreement.kind === 'agrees');
  expect(decided.length).toBeGreaterThanOrEqual(19);
});
