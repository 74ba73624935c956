import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli-options/parse-arguments.ts';

test('options may stand before and after the command and its words', () => {
  const parsed = parseArguments(['--json', 'locate', '-v', 'web', '--engine=podman', 'eth0']);
  if ('error' in parsed) throw new Error(parsed.error);
  expect(parsed.command?.name).toBe('locate');
  expect(parsed.words).toEqual(['web', 'eth0']);
  expect([...parsed.switches]).toEqual(['json', 'verbose']);
  expect(parsed.values.get('engine')).toEqual(['podman']);
});

test('-- ends the options, so that a word may begin with a dash', () => {
  const parsed = parseArguments(['locate', '--', '--json']);
  expect(parsed).toMatchObject({ words: ['--json'] });
});

test('an option that may be repeated keeps every value, in order', () => {
  const parsed = parseArguments(['list', '--recording', 'a', '--recording=b']);
  expect('error' in parsed ? parsed.error : parsed.values.get('recording')).toEqual(['a', 'b']);
});

test.each([
  [['list', '--engine', 'docker', '--engine', 'none'], '--engine: given twice (leave one out)'],
  [['list', '--json=yes'], '--json: takes no value (leave out =yes)'],
  [['list', 'links', 'netns'], 'list netns: one word too many'],
  [['--format', 'dot', 'graph'], '--format: no such option'],
])('%j is refused', (argv, begin) => {
  const parsed = parseArguments(argv);
  expect('error' in parsed ? parsed.error : '').toContain(begin);
});
