/** What `npm test` runs: type check, style check, then every level of tests; ends with one line of counts. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findCgroups, removeStaleCgroups } from './lab/cgroups.ts';
import { machineState, settledLeftovers } from './lab/leftovers.ts';
import { isStale } from './lab/run-id.ts';
import { missingNeed } from './support/needs.ts';
import { createTally, tallyReporter } from './support/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// Read when vitest is loaded, so before it.
if (!process.stdout.isTTY) process.env['NO_COLOR'] ??= '1';
const { startVitest } = await import('vitest/node');
const tally = createTally();

const check = (title: string, tool: string, args: readonly string[]): void => {
  const run = spawnSync(`node_modules/.bin/${tool}`, args, { cwd: root, encoding: 'utf8' });
  const passed = run.status === 0;
  tally.count(passed ? 'passed' : 'failed');
  process.stdout.write(`${passed ? '✓' : '✗'} ${title}\n`);
  if (!passed) process.stdout.write(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}\n`);
};

const filters = process.argv.slice(2);
if (filters.length === 0) {
  check('types', 'tsc', ['-p', '.']);
  check('style', 'biome', ['check', '--max-diagnostics=50']);
}
process.chdir(root);
// What a run that was killed left behind; what this run leaves behind is a failure.
const watched = missingNeed('root') === undefined;
if (watched) await removeStaleCgroups();
const before = watched ? machineState() : {};
const vitest = await startVitest('test', filters, {
  config: 'test/vitest.config.ts',
  watch: false,
  passWithNoTests: true,
  reporters: ['default', tallyReporter(tally)],
});
await vitest.close();
if (watched) {
  const left = [...(await settledLeftovers(before)), ...findCgroups(isStale).map((path) => `cgroup: ${path}`)];
  tally.count(left.length === 0 ? 'passed' : 'failed');
  process.stdout.write(`${left.length === 0 ? '✓' : '✗'} nothing is left on the machine\n`);
  for (const line of left) process.stdout.write(`  ${line}\n`);
}
tally.print();
process.exit(tally.failed() ? 1 : 0);
