/** Counts what a run of the tests came to, and says for every test that could not run why. */
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';

type Outcome = 'passed' | 'failed' | 'skipped';

export interface Tally {
  count(outcome: Outcome, reason?: { readonly test: string; readonly why: string }): void;
  /** A test that failed and then passed: it counts as passed, and is named. */
  countSecondTry(test: string, why: string): void;
  failed(): boolean;
  /** The reasons of what was skipped, grouped; then the last line of the run. */
  print(): void;
}

export const createTally = (write: (text: string) => unknown = (text) => process.stdout.write(text)): Tally => {
  const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
  const skipped = new Map<string, string[]>();
  const secondTries: string[] = [];
  return {
    count: (outcome, reason) => {
      counts[outcome] += 1;
      if (reason !== undefined) skipped.set(reason.why, [...(skipped.get(reason.why) ?? []), reason.test]);
    },
    countSecondTry: (test, why) => {
      secondTries.push(`  - ${test}: ${why}`);
    },
    failed: () => counts.failed > 0,
    print: () => {
      if (secondTries.length > 0) write(`passed at the second try only:\n${secondTries.join('\n')}\n`);
      for (const [why, tests] of skipped) {
        write(`not run here: ${why}\n`);
        for (const test of tests) write(`  - ${test}\n`);
      }
      write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    },
  };
};

/** Fills the tally from a vitest run. A file that cannot be loaded and an error outside of tests count as one failure each. */
export const tallyReporter = (tally: Tally): Reporter => ({
  onTestRunEnd: (modules: readonly TestModule[], unhandled: readonly SerializedError[]) => {
    for (const module of modules) {
      for (const test of module.children.allTests()) countTest(tally, module, test);
      for (const suite of module.children.allSuites()) for (const _ of suite.errors()) tally.count('failed');
      for (const _ of module.errors()) tally.count('failed');
    }
    for (const _ of unhandled) tally.count('failed');
  },
});

const countTest = (tally: Tally, module: TestModule, test: TestCase): void => {
  const result = test.result();
  if (result.state === 'passed') {
    tally.count('passed');
    if (test.diagnostic()?.flaky === true)
      tally.countSecondTry(`${module.relativeModuleId} > ${test.fullName}`, firstLine(result.errors?.[0]?.message));
  } else if (result.state === 'failed' || result.state === 'pending') tally.count('failed');
  else {
    const why = result.note ?? missingOf(test) ?? 'no reason given';
    tally.count('skipped', { test: `${module.relativeModuleId} > ${test.fullName}`, why });
  }
};

const firstLine = (text = 'no reason given'): string => text.split('\n', 1)[0] ?? text;

const missingOf = (task: TestCase | TestSuite | TestModule): string | undefined => {
  const own = task.meta().missing;
  return own ?? (task.type === 'module' ? undefined : missingOf(task.parent));
};
