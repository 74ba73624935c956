import { expect, test } from 'vitest';
import { diffLines } from '../../../src/report/diff/diff-lines.ts';

const told = (before: string, after: string): readonly string[] =>
  diffLines([...before], [...after]).map(
    ({ change, text, index }) => `${change === 'added' ? '+' : '-'}${text}${index}`,
  );

test.each([
  ['nothing changed', 'abc', 'abc', []],
  ['one came in the middle', 'abc', 'abxc', ['+x3']],
  ['one went', 'abc', 'ac', ['-b2']],
  ['one was replaced', 'abc', 'axc', ['-b2', '+x2']],
  ['one moved to the front', 'abcd', 'dabc', ['+d1', '-d4']],
  ['everything is new', '', 'ab', ['+a1', '+b2']],
  ['one of several alike went', 'aab', 'ab', ['-a2']],
])('%s', (_name, before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

test('a long list is compared without its order rather than not at all', () => {
  const long = Array.from({ length: 3000 }, (_, n) => `rule ${n}`);
  const other = [...long.slice(1).reverse(), 'new'];
  expect(diffLines(long, other).map(({ change, text }) => `${change} ${text}`)).toEqual([
    'removed rule 0',
    'added new',
  ]);
});
