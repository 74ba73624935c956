/**
 * Hosts that run on this machine: every pair of their ends predicted on the graph of all, and tried for real.
 * `npm run bench:pairs -- [--most N] RECORDING …` takes hosts that were written down; `--start SUITE|own [--iptables legacy] [--no-proxy]
 * [--steps]` starts one with the standard scenario (SUITE: a root of VETHSCOPE_LAB_ROOTS).
 */
import { parseArgs } from 'node:util';
import { collect } from '../../src/collect/collect.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { openRecording } from '../../src/host/recorded-host.ts';
import { startStandardHost } from '../docker/standard-host.ts';
import type { LabHost } from '../lab/lab-host.ts';
import { LAN_ROUTER } from '../lab/lan.ts';
import { PROGRAM } from '../lab/vethscope.ts';
import { findEngineRoot } from '../support/needs.ts';
import type { PairResult } from './probe-pairs.ts';
import { probePairs, serveDatagrams } from './probe-pairs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: 'string', default: '10' },
    start: { type: 'string' },
    iptables: { type: 'string' },
    'no-proxy': { type: 'boolean', default: false },
    steps: { type: 'boolean', default: false },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const graphOf = async (recordings: readonly string[]): Promise<Graph> => {
  const snapshots = [];
  for (const path of recordings) snapshots.push(await collect(await openRecording(path)));
  return buildGraph(snapshots);
};

const stepsOf = ({ trace }: PairResult): readonly string[] =>
  [trace.request, trace.reply, trace.followUp].flatMap((direction) =>
    (direction?.hops ?? []).flatMap((hop) =>
      hop.steps.map((step) => `      ${hop.at} [${step.kind} ${step.verdict}] ${step.text}`),
    ),
  );

const report = (results: readonly PairResult[]): void => {
  const counts = new Map<string, number>();
  for (const { question, trace, seen } of results) {
    const key = `${question.proto} ${trace.outcome} / ${seen}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of [...counts].toSorted((a, b) => b[1] - a[1])) print(`${String(count).padStart(6)} ${key}`);
  const wrong = results.filter(({ agrees }) => !agrees);
  print(`${results.length} pairs, ${wrong.length} went another way`);
  for (const one of wrong.slice(0, Number(values.most))) {
    print(`  ${one.question.from} → ${one.question.to}: seen ${one.seen}, predicted: ${one.trace.explanation}`);
    if (values.steps) for (const line of stepsOf(one)) print(line);
  }
  const reasons = new Map<string, PairResult[]>();
  for (const one of results.filter(({ trace }) => trace.outcome === 'unknown')) {
    const reason = one.trace.decidedBy?.dependsOn ?? one.trace.explanation;
    reasons.set(reason, [...(reasons.get(reason) ?? []), one]);
  }
  for (const [reason, [first, ...others]] of reasons)
    print(`  ? ${1 + others.length} × ${reason}: ${first!.question.from} → ${first!.question.to} was ${first!.seen}`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
};

/** Pairs of IPv6 and datagrams, which the standard scenario has only one end of. */
const addEnds = async ({ docker }: LabHost): Promise<void> => {
  await docker('run', '-d', '--name', 'six2', '--network', 'six', '-p', '8084:80', '-p', '5354:53/udp', 'box');
  await docker('run', '-d', '--name', 'ni3', '--network', 'noicc', '-p', '8085:80', '-p', '5355:53/udp', 'box');
};

const writtenDown = async (host: LabHost, name: string): Promise<Graph> => {
  await host.run([...PROGRAM, 'record', `/tmp/${name}`]);
  return graphOf([`/proc/${host.pid}/root/tmp/${name}`]);
};

const startAndProbe = async (suite: string): Promise<readonly PairResult[]> => {
  const root = suite === 'own' ? undefined : findEngineRoot(suite);
  if (suite !== 'own' && root === undefined) throw new Error(`no root ${suite} in VETHSCOPE_LAB_ROOTS`);
  const { host, lan, stop } = await startStandardHost({
    ...(root !== undefined && { root }),
    ...(values.iptables === 'legacy' && { iptables: 'legacy' }),
    docker: { 'userland-proxy': !values['no-proxy'] },
  });
  try {
    await addEnds(host);
    const stopEcho = serveDatagrams(await writtenDown(host, 'before'));
    const outside = { path: `/proc/${lan.pid}/ns/net`, address: LAN_ROUTER };
    const results = await probePairs(await writtenDown(host, 'with-echoes'), { waitMs: 1000, outside });
    stopEcho();
    return results;
  } finally {
    await stop();
  }
};

report(
  values.start === undefined
    ? await probePairs(await graphOf(positionals), { waitMs: 1000 })
    : await startAndProbe(values.start),
);
