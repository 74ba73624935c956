import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandScript } from '../../../../src/host/ssh/change/command-script.ts';
import { quoteForShell } from '../../../../src/host/ssh/remote/compose-script.ts';

const hostile = ["'", "it's $(echo no)", '"; exit 9 #', '`id`', 'a\nb', '\\', "'\\''", '', ' ', '*', '~', '-n', 'ü €'];

test('quotes every word so that a shell gives it back unchanged', () => {
  for (const word of hostile) {
    const out = execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' });
    expect(out).toBe(word);
  }
});

test('runs a command with its words and input as they are', () => {
  const script = commandScript({ argv: ['printf', '<%s>', ...hostile] }, undefined);
  expect(execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' })).toBe(
    hostile.map((word) => `<${word}>`).join(''),
  );
  const text = hostile.join('\n');
  expect(
    execFileSync('sh', ['-s'], { input: commandScript({ argv: ['cat'], stdin: text }, undefined), encoding: 'utf8' }),
  ).toBe(text);
});
