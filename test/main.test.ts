import { describe, expect, test } from 'vitest';
import { recordingPath } from './support/load-recording.ts';
import { runMain } from './support/run-main.ts';

const recording = ['--recording', recordingPath('docker-28-standard')];

describe('exit codes', () => {
  test('found is 0', async () => {
    expect((await runMain(['locate', 'web1', ...recording])).code).toBe(0);
  });

  test('not found is 1, with one line on stderr and nothing on stdout', async () => {
    expect(await runMain(['locate', 'nobody', ...recording])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'vethscope: nobody: nothing here goes by that name (`vethscope list links` shows all links)\n',
    });
  });

  test('not found as a document has no matches and is 1 as well', async () => {
    const { code, stdout } = await runMain(['locate', 'nobody', '--json', ...recording]);
    expect([code, JSON.parse(stdout).matches]).toEqual([1, []]);
  });

  test.each([
    [['frobnicate'], 'frobnicate: no such command'],
    [['list', 'cables'], 'list cables: no such thing'],
    [['list', '--frob'], '--frob: no such option'],
    [['locate'], 'locate: something is missing'],
    [['list', '--recording'], '--recording: its value is missing'],
    [['graph', '--format', 'png'], '--format png: not one of'],
    [['list', '--recording', '/nowhere'], '/nowhere: '],
  ])('%j is wrong usage: 2, one line, no stack trace', async (argv, begin) => {
    const { code, stdout, stderr } = await runMain(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^vethscope: [^\n]+ \([^\n]+\)\n$/);
    expect(stderr).toContain(`vethscope: ${begin}`);
  });

  test('the end of a veth that cannot be proven is 3', async () => {
    expect((await runMain(['locate', 'eth0', '10.77.0.11', ...recording])).code).toBe(3);
  });
});

test('--version tells the version and needs no host', async () => {
  expect(await runMain(['--version'])).toEqual({ code: 0, stdout: 'vethscope 0.1.0\n', stderr: '' });
});

test('--help of a command tells its options', async () => {
  const { code, stdout } = await runMain(['graph', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--format FORMAT');
});

test('--json puts one document on stdout and nothing else anywhere', async () => {
  const { stdout, stderr } = await runMain(['list', 'links', '--json', ...recording]);
  expect(JSON.parse(stdout).schema).toBe('vethscope.list/1');
  expect(stderr).toBe('');
});

test('-v tells on stderr what was asked', async () => {
  const { stderr } = await runMain(['list', 'links', '-v', ...recording]);
  expect(stderr).toMatch(/^\+ .+ \(\d+ ms\)/m);
});

test('--ascii leaves nothing outside ASCII', async () => {
  const { stdout } = await runMain(['graph', '--ascii', ...recording]);
  expect(stdout).toMatch(/^[\n\x20-\x7e]+$/);
});

test('colours are for terminals, unless NO_COLOR or --no-color forbid them', async () => {
  const escapes = async (argv: readonly string[], isTTY: boolean, env = {}) =>
    (await runMain(['list', ...argv, ...recording], { isTTY, env })).stdout.includes('\u001b');
  expect(await escapes([], true)).toBe(true);
  expect(await escapes([], false)).toBe(false);
  expect(await escapes(['--no-color'], true)).toBe(false);
  expect(await escapes([], true, { NO_COLOR: '1' })).toBe(false);
});

test('without a terminal, no command means the list of containers and a hint', async () => {
  const { code, stdout, stderr } = await runMain(recording);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^CONTAINER /);
  expect(stderr).toContain('vethscope --help');
});

test('several recordings are shown together', async () => {
  const other = ['--recording', recordingPath('docker-20-legacy')];
  const { stdout } = await runMain(['list', 'containers', '--json', ...recording, ...other]);
  expect(JSON.parse(stdout).hosts).toHaveLength(2);
});
