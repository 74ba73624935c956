/** The scaffold writes a check that compiles into the list. */
import { expect, test } from 'vitest';
import { checkText, newCheck, testText, withCheck } from './new-check.ts';

test('a new check is imported and listed once', () => {
  const list =
    "import type { Check } from '../check.ts';\nimport { a } from './a.ts';\n\nexport const allChecks: readonly Check[] = [\n  a,\n];\n";
  expect(withCheck(list, 'two-words')).toBe(
    "import type { Check } from '../check.ts';\nimport { a } from './a.ts';\nimport { twoWords } from './two-words.ts';\n\nexport const allChecks: readonly Check[] = [\n  a,\n  twoWords,\n];\n",
  );
});

test('check and test carry the name', () => {
  expect(checkText('two-words')).toContain("export const twoWords: Check = {\n  id: 'two-words',");
  expect(testText('two-words')).toContain('testCheck(twoWords, {');
});

test('a name that is no kebab-case is refused', () => {
  expect(newCheck('Two Words')).toMatch(/^usage/);
  expect(newCheck(undefined)).toMatch(/^usage/);
});
