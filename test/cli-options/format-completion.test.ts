import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatCompletion } from '../../src/cli-options/format-completion.ts';
import { commands, shells } from '../../src/cli-options.ts';

const complete = (...words: readonly string[]): readonly string[] => {
  const script = `${formatCompletion('bash')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vethscope; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  return printed.split('\n').filter((line) => line !== '');
};

test('bash completes commands, kinds and values', () => {
  expect(complete('vethscope', 'lo')).toEqual(['locate']);
  expect(complete('vethscope', 'list', '--json', 'br')).toEqual(['bridges']);
  expect(complete('vethscope', 'graph', '--format', 'm')).toEqual(['mermaid']);
});

test.each(shells)('the script for %s knows every command', (shell) => {
  const script = formatCompletion(shell);
  expect(commands.filter((command) => !script.includes(command.name))).toEqual([]);
});
