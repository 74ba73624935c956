/**
 * Recordings of hosts that run on this machine (lab hosts): every pair of their ends predicted on the graph of all, and tried for real:
 * `npm run bench:pairs -- [--most N] RECORDING …`.
 */
import { parseArgs } from 'node:util';
import { collect } from '../../src/collect/collect.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { openRecording } from '../../src/host/recorded-host.ts';
import { probePairs } from './probe-pairs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '10' } },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const snapshots = [];
for (const path of positionals) snapshots.push(await collect(await openRecording(path)));
const results = await probePairs(buildGraph(snapshots), { waitMs: 1000 });

const counts = new Map<string, number>();
for (const { trace, seen } of results) {
  const key = `${trace.outcome} / ${seen}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
for (const [key, count] of [...counts].toSorted((a, b) => b[1] - a[1])) print(`${String(count).padStart(6)} ${key}`);
const wrong = results.filter(({ agrees }) => !agrees);
print(`${results.length} pairs, ${wrong.length} went another way`);
for (const { question, trace, seen } of wrong.slice(0, Number(values.most)))
  print(`  ${question.from} → ${question.to}: seen ${seen}, predicted: ${trace.explanation}`);
const doubtful = results.filter(({ trace }) => trace.outcome === 'unknown');
for (const { question, seen, trace } of doubtful.slice(0, Number(values.most)))
  print(`  ? ${question.from} → ${question.to}: seen ${seen}: ${trace.explanation}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
