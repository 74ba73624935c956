import { expect } from 'vitest';
import type { Probe } from '../oracle/random-probes.ts';
import { randomNetwork, runNetwork, tryTopology } from '../oracle/run-topology.ts';
import { builder, emptyTopology, type Topology } from '../oracle/topology.ts';
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

/** A fixed sample of what `npm run bench:oracle` does at length; from 1,000,000 on with rarer rules and wirings. */
const networks = [1, 5, 1014, 1047, 40017, 1010006] as const;

test.each(networks)('what the kernel does with 20 packets in random network %d is what was predicted', async (seed) => {
  const { cases, counterFaults } = await runNetwork(randomNetwork(seed, 20), `vs-oracle-${process.pid}-`);
  const wrong = cases
    .filter(({ agreement }) => agreement.kind === 'disagrees')
    .map(({ probe, agreement, trace }) => ({ probe, agreement, predicted: trace.explanation }));
  expect(wrong).toEqual([]);
  expect(counterFaults).toEqual([]);
  const decided = cases.filter(({ agreement }) => agreement.kind === 'agrees');
  expect(decided.length).toBeGreaterThanOrEqual(19);
});

/** c1 and c2 on a bridge of h, with chains on links at every place a frame passes. */
const linkChains = (): Topology => {
  const topology = emptyTopology();
  const build = builder(topology);
  for (const name of ['h', 'c1', 'c2']) build.netns(name);
  build.bridge('h', 'b0');
  build.up('h', 'b0');
  build.address('h', 'b0', '10.44.0.1', 24);
  for (const n of [1, 2]) {
    build.veth(`c${n}`, 'eth0', 'h', `p${n}`);
    build.port('h', `p${n}`, 'b0');
    build.address(`c${n}`, 'eth0', `10.44.0.1${n}`, 24);
    build.up('h', `p${n}`);
    build.up(`c${n}`, 'eth0');
  }
  const load = (netns: string, text: string): void => build.inside(netns, `nft -f - <<'RULES'\n${text}\nRULES`);
  load(
    'h',
    `table netdev links {
  chain from-c1 {
    type filter hook ingress device p1 priority 0; policy accept;
    udp dport 81 counter drop
    meta pkttype other udp dport 8080 drop
  }
  chain to-c2 {
    type filter hook egress device p2 priority 0; policy accept;
    tcp dport 81 drop
  }
  chain to-h {
    type filter hook ingress device b0 priority 0; policy accept;
    ip saddr 10.44.0.11 tcp dport 80 drop
  }
}
table inet early {
  chain to-h {
    type filter hook ingress device b0 priority 5; policy accept;
    ip saddr 10.44.0.12 udp dport 80 drop
  }
}`,
  );
  load(
    'c2',
    `table netdev own {
  chain in {
    type filter hook ingress device eth0 priority -500; policy accept;
    ip protocol icmp drop
  }
  chain out {
    type filter hook egress device eth0 priority 0; policy accept;
    ip daddr 10.44.0.1 tcp dport 81 drop
    ip daddr 10.44.0.11 udp sport 80 drop
  }
}`,
  );
  return topology;
};

const linkProbes: readonly Omit<Probe, 'number'>[] = [
  { netns: 'c1', proto: 'udp', dst: '10.44.0.12', dport: 80 },
  { netns: 'c1', proto: 'udp', dst: '10.44.0.12', dport: 81 },
  { netns: 'c1', proto: 'udp', dst: '10.44.0.1', dport: 81 },
  { netns: 'c1', proto: 'udp', dst: '10.44.0.12', dport: 8080 },
  { netns: 'c1', proto: 'udp', dst: '10.44.0.1', dport: 8080 },
  { netns: 'c1', proto: 'tcp', dst: '10.44.0.12', dport: 80 },
  { netns: 'c1', proto: 'tcp', dst: '10.44.0.12', dport: 81 },
  { netns: 'c1', proto: 'tcp', dst: '10.44.0.1', dport: 80 },
  { netns: 'c1', proto: 'tcp', dst: '10.44.0.1', dport: 81 },
  { netns: 'c2', proto: 'udp', dst: '10.44.0.1', dport: 80 },
  { netns: 'c2', proto: 'udp', dst: '10.44.0.1', dport: 81 },
  { netns: 'c2', proto: 'tcp', dst: '10.44.0.1', dport: 80 },
  { netns: 'c2', proto: 'tcp', dst: '10.44.0.1', dport: 81 },
  { netns: 'c2', proto: 'tcp', dst: '10.44.0.11', dport: 80 },
  { netns: 'c1', proto: 'icmp', dst: '10.44.0.12', dport: 0 },
  { netns: 'c1', proto: 'icmp', dst: '10.44.0.1', dport: 0 },
  { netns: 'c2', proto: 'icmp', dst: '10.44.0.1', dport: 0 },
];

const links = requires('root', 'tool:ip', 'tool:nft', 'kernel:br_netfilter', 'kernel:nft-links', 'kernel:ipv6');

links.test('chains on links (nft family netdev) decide where the kernel has them decide', async () => {
  const probes = linkProbes.map((probe, number) => ({ ...probe, number }));
  const { cases, counterFaults, failedCommands } = await tryTopology(linkChains(), probes, `vs-links-${process.pid}-`, {
    seed: 0,
  });
  expect(failedCommands).toEqual([]);
  const seen = cases.map(({ probe, agreement, trace, observed }) => ({
    probe,
    agreement,
    predicted: trace.explanation,
    observed,
  }));
  expect(seen.filter(({ agreement }) => agreement.kind !== 'agrees')).toEqual([]);
  expect(counterFaults).toEqual([]);
  const decidedBy = cases.map(({ trace }) => trace.decidedBy?.evidence.rule?.chain);
  expect(decidedBy.filter((chain) => ['from-c1', 'to-c2', 'to-h', 'in', 'out'].includes(chain ?? ''))).toHaveLength(11);
});
