/** The levels of tests as vitest projects: quick ones side by side, those that use the kernel or an engine one file at a time. */
import { defineConfig } from 'vitest/config';

const KERNEL = ['test/kernel/**/*.test.{ts,tsx}', 'test/host/**/*.test.{ts,tsx}', 'test/lab/**/*.test.ts'];
const DOCKER = ['test/docker/**/*.test.{ts,tsx}'];
const SCREEN = ['test/ui/**/*.test.{ts,tsx}', 'test/screen/**/*.test.{ts,tsx}', 'test/demo/**/*.test.{ts,tsx}'];
const RECORDING = ['test/recordings/**/*.test.{ts,tsx}', 'test/scenarios/**/*.test.{ts,tsx}'];
const ALL = ['test/**/*.test.{ts,tsx}'];

/** Order in which the levels run; levels of one group run side by side. */
const level = (
  name: string,
  include: string[],
  group: number,
  options: { exclude?: string[]; serial?: boolean } = {},
) => ({
  test: {
    name,
    include,
    exclude: [...(options.exclude ?? []), '**/node_modules/**'],
    testTimeout: group * 60_000 + 20_000,
    hookTimeout: group * 60_000 + 20_000,
    // A real kernel and real daemons have moods; what passes at the second try only is named at the end of the run.
    retry: options.serial === true ? 1 : 0,
    maxWorkers: options.serial === true ? 1 : 2,
    sequence: { groupOrder: group },
  },
});

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      level('pure', ALL, 0, { exclude: [...RECORDING, ...SCREEN, ...KERNEL, ...DOCKER] }),
      level('recording', RECORDING, 0),
      level('screen', SCREEN, 0),
      level('kernel', KERNEL, 1, { serial: true }),
      level('docker', DOCKER, 2, { serial: true }),
    ],
  },
});
