/** Every way of joining two hosts, all pairs: `npm run bench:hosts -- [--steps] [--most N] [SETUP …]`. */
import { parseArgs } from 'node:util';
import type { PairCase } from './run-two-hosts.ts';
import { runTwoHosts } from './run-two-hosts.ts';
import { setupNames } from './two-hosts.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'boolean', default: false }, most: { type: 'string', default: '3' } },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const tally = (words: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
};

const describe = ({ probe, trace, observed, agreement }: PairCase): readonly string[] => [
  `  ${probe.netns} → ${probe.dst} ${probe.proto} ${probe.dport}: ${JSON.stringify(agreement)}`,
  `    seen ${JSON.stringify(observed)}`,
  `    predicted: ${trace.explanation}`,
  ...(values.steps
    ? [trace.request, trace.reply].flatMap((direction) =>
        (direction?.hops ?? []).flatMap((hop) =>
          hop.steps.map((step) => `      ${hop.at} [${step.kind} ${step.verdict}] ${step.text}`),
        ),
      )
    : []),
];

let wrong = 0;
for (const name of positionals.length > 0 ? positionals : setupNames) {
  const { cases, failedCommands } = await runTwoHosts(name, `vs-hosts-${process.pid}-`);
  const kinds = tally(cases.map(({ agreement }) => agreement.kind));
  print(`${name}: ${kinds} (predicted ${tally(cases.map(({ trace }) => trace.outcome))})`);
  for (const command of failedCommands) print(`  failed: ${command}`);
  const odd = cases.filter(({ agreement }) => agreement.kind !== 'agrees');
  for (const one of odd.slice(0, Number(values.most))) for (const line of describe(one)) print(line);
  wrong += cases.filter(({ agreement }) => agreement.kind === 'disagrees').length;
}
process.exitCode = wrong > 0 ? 1 : 0;
