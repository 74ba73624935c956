import { expect, test } from 'vitest';
import { formatHelp } from '../../src/cli-options/format-help.ts';
import { commands } from '../../src/cli-options.ts';

test.each([undefined, ...commands])('the help of %o fits a terminal of 80 columns', (command) => {
  expect(
    formatHelp(command)
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test('a long usage goes on below itself', () => {
  expect(formatHelp(commands.find(({ name }) => name === 'list'))).toContain(
    'vethscope list [containers|netns|links|bridges|networks|pools|ports|routes|\n               rules|findings]\n',
  );
});
