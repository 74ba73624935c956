/**
 * The long run: `npm run bench:oracle -- [--cases N] [--seed N] [--per-network N] [--only SEED] [--probe N] [--just] [--hold SECONDS] [--script] [--rules FOLDER]`.
 * `--rules`: networks around the rule sets of a folder instead of random ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { rulesProbes, rulesTopology } from './rules-network.ts';
import type { CaseResult, OracleNetwork, TopologyResult } from './run-topology.ts';
import { randomNetwork, runNetwork, scriptOf } from './run-topology.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'per-network': { type: 'string', default: '40' },
    only: { type: 'string' },
    probe: { type: 'string' },
    just: { type: 'boolean', default: false },
    hold: { type: 'string' },
    script: { type: 'boolean', default: false },
    most: { type: 'string', default: '10' },
    rules: { type: 'string' },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const describe = ({ probe, trace, observed, agreement }: CaseResult): string => {
  const steps = (label: string, direction: typeof trace.request | undefined): string[] =>
    direction === undefined
      ? []
      : [
          `  ${label}: ${direction.outcome}`,
          ...direction.hops.flatMap((hop) =>
            hop.steps.map((step) => `    ${hop.at} [${step.kind} ${step.verdict}] ${step.text}`),
          ),
        ];
  return [
    `probe ${JSON.stringify(probe)}`,
    `  ${agreement.kind === 'disagrees' ? agreement.why : agreement.kind}`,
    `  observed ${JSON.stringify(observed)}`,
    `  predicted ${trace.outcome}: ${trace.explanation}`,
    ...steps('request', trace.request),
    ...steps('reply', trace.reply),
  ].join('\n');
};

const report = (result: TopologyResult, prefix: string): void => {
  const wrong = result.cases.filter(({ agreement }) => agreement.kind === 'disagrees');
  for (const one of wrong)
    print(
      `\nDISAGREES seed ${result.seed} (again: --only ${result.seed} --probe ${one.probe.number} --script)\n${describe(one)}`,
    );
  for (const fault of result.counterFaults) print(`\nCOUNTER seed ${result.seed}: ${fault.text}`);
  if (values.script && (values.only !== undefined || wrong.length > 0)) print(`\n${scriptOf(result.topology, prefix)}`);
};

const prefix = `vs-oracle-${process.pid}-`;
const perNetwork = Number(values['per-network']);
const first = Number(values.only ?? values.seed);

const randomNetworks = function* (): Generator<OracleNetwork> {
  const networks = values.only === undefined ? Math.ceil(Number(values.cases) / perNetwork) : 1;
  for (let n = 0; n < networks; n++) yield randomNetwork(first + n, perNetwork);
};

/** Each file of the folder is one seed, counted from `--seed`. */
const foundNetworks = function* (folder: string): Generator<OracleNetwork> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(save|txt)$/.test(name) && !/\.list\.txt$|README/.test(name))
    .toSorted();
  for (const [n, file] of files.entries()) {
    const seed = first + n;
    if (values.only !== undefined && n > 0) return;
    const name = values.only === undefined ? file : files[(seed - Number(values.seed)) % files.length]!;
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const topology = /^(\*(filter|nat|raw|mangle)|table )/m.test(text) ? rulesTopology(seed, text) : undefined;
    if (topology === undefined) continue;
    print(`${seed} ${name}`);
    yield { seed, topology, probes: rulesProbes(seed, text, topology, perNetwork) };
  }
};
print(`seed ${first}, ${perNetwork} packets each`);

const tally = { agrees: 0, unknown: 0, disagrees: 0, counters: 0 };
const reasons = new Map<string, number>();
const outcomes = new Map<string, number>();
const began = performance.now();
for (const network of values.rules === undefined ? randomNetworks() : foundNetworks(values.rules)) {
  const result = await runNetwork(network, prefix, {
    ...(values.just && { just: Number(values.probe) }),
    ...(values.hold !== undefined && { hold: () => setTimeout(Number(values.hold) * 1000) }),
  });
  report(result, prefix);
  if (values.only !== undefined || values.rules !== undefined)
    for (const failed of result.failedCommands) print(`failed: ${failed}`);
  for (const one of result.cases) {
    tally[one.agreement.kind]++;
    outcomes.set(one.trace.outcome, (outcomes.get(one.trace.outcome) ?? 0) + 1);
    if (one.agreement.kind === 'unknown') {
      const reason = one.agreement.reason;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (values.probe === String(one.probe.number)) print(describe(one));
  }
  tally.counters += result.counterFaults.length;
  if (tally.disagrees + tally.counters > Number(values.most)) break;
}
print(
  `\n${JSON.stringify(tally)} in ${Math.round((performance.now() - began) / 1000)} s; predicted ${JSON.stringify(Object.fromEntries(outcomes))}`,
);
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) print(`unknown ${count} × ${reason}`);
process.exitCode = tally.disagrees + tally.counters > 0 ? 1 : 0;
