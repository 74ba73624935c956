/** Measures one trace through many rules and a matrix of many containers: `node test/bench/trace-bench.ts [rules] [containers]`. */
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { traceMatrix } from '../../src/trace/trace-matrix.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import { containerHost } from '../oracle/container-host.ts';

const rules = Number(process.argv[2] ?? 5000);
const containers = Number(process.argv[3] ?? 200);

/** None of them matches, so that all are looked at; of the kinds that hosts have. */
const ruleOf = (n: number): string =>
  [
    `-A FORWARD -s 10.${(n >> 8) & 255}.${n & 255}.0/24 -i docker0 -j DROP`,
    `-A FORWARD -p tcp -m tcp --dport ${20_000 + (n % 10_000)} -m conntrack --ctstate NEW -j DROP`,
    `-A FORWARD -m mark --mark 0x${(n + 1).toString(16)} -j DROP`,
    `-A FORWARD -o br-${n} -m comment --comment "rule ${n}" -j DROP`,
  ][n % 4]!;

const withRules = (count: number): Graph => {
  const snapshot = containerHost(8);
  const [host, ...others] = snapshot.netns;
  const lines = Array.from({ length: count }, (_, n) => ruleOf(n)).join('\n');
  const iptablesNft = host!.ruleset!.iptablesNft!.replace('-A FORWARD', `${lines}\n-A FORWARD`);
  return buildGraph([{ ...snapshot, netns: [{ ...host!, ruleset: { ...host!.ruleset!, iptablesNft } }, ...others] }]);
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const graph = withRules(rules);
const began = performance.now();
tracePacket(graph, { from: 'c0', to: 'c1:80' });
const first = performance.now() - began;
const times = Array.from({ length: 51 }, (_, n) => {
  const at = performance.now();
  tracePacket(graph, { from: `c${n % 7}`, to: `c${(n + 1) % 7}:${80 + n}` });
  return performance.now() - at;
});
process.stdout.write(
  `one trace through ${rules} rules: ${median(times).toFixed(2)} ms (the first, with parsing: ${first.toFixed(0)} ms)\n`,
);

const many = buildGraph([containerHost(containers)]);
const start = performance.now();
let pairs = 0;
let traced = 0;
for (const pair of traceMatrix(many, { port: 80 })) {
  pairs++;
  if (pair.like === undefined) traced++;
}
process.stdout.write(
  `matrix of ${containers} containers: ${pairs} pairs in ${(performance.now() - start).toFixed(0)} ms, ${traced} of them traced\n`,
);
