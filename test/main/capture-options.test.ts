import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli-options/parse-arguments.ts';
import { readCaptureQuestion } from '../../src/main/capture-options.ts';
import { makeInput } from '../../src/main/command.ts';

const silent = { isTTY: false, write: () => {} };

const question = (...argv: readonly string[]) => {
  const parsed = parseArguments(['capture', ...argv]);
  if ('error' in parsed) throw new Error(parsed.error);
  return readCaptureQuestion(makeInput(parsed, { stdout: silent, stderr: silent, env: {} }));
};

test('a file has limits that nobody has to ask for', () => {
  expect(question('web', '-w', 'f.pcapng').limits).toEqual({ durationMs: 600_000, bytes: 104_857_600 });
  expect(question('web', '-w', 'f', '--duration', '0', '--size', '0').limits).toEqual({});
});

test('lines and streams go on until they are told to end', () => {
  expect(question('web').limits).toEqual({});
  expect(question('web', '-w', '-').limits).toEqual({});
});

test('a document comes to an end', () => {
  expect(question('web', '--json').limits).toEqual({ durationMs: 10_000 });
  expect(question('web', '--json', '--count', '3').limits).toEqual({ packets: 3 });
});

test('the path takes two words, wherever it stands', () => {
  expect(question('docker0', '--path', 'web', 'db:5432', 'br0')).toMatchObject({
    points: ['docker0', 'br0'],
    path: { from: 'web', to: 'db:5432' },
  });
  expect(() => question('--path', 'web')).toThrow('second word');
});

test('times and sizes have units', () => {
  expect(question('web', '--duration', '1.5m', '-w', 'f', '--size', '2G').limits).toEqual({
    durationMs: 90_000,
    bytes: 2 * 1024 ** 3,
  });
  expect(question('web', '--duration', '90').limits).toEqual({ durationMs: 90_000 });
});

test.each([
  [['--duration', 'soon'], '--duration soon'],
  [['--size', '-1', '-w', 'f'], '--size -1'],
  [['--size', '10M'], 'limits a file'],
  [['--count', '0'], '--count 0'],
  [['--snaplen', '3'], '--snaplen 3'],
])('%s is refused', (argv, words) => {
  expect(() => question('web', ...argv)).toThrow(words);
});
