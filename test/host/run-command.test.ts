/** Every way a program can end. */
import { describe, expect, test } from 'vitest';
import { commandPath, type RunOptions, runCommand } from '../../src/host/run-command.ts';

const run = (argv: readonly string[], options: Partial<RunOptions> = {}) =>
  runCommand({ argv, timeoutMs: 10_000, maxBytes: 1000, ...options });

describe('a program', () => {
  test('is told by its exit code and by what it printed, in the language we read', async () => {
    expect(await run(['sh', '-c', 'printf out; printf err >&2; exit 3'])).toEqual({
      end: 'exited',
      exitCode: 3,
      stdout: 'out',
      stderr: 'err',
    });
    expect(await run(['printenv', 'LC_ALL'])).toMatchObject({ stdout: 'C\n' });
  });

  test('gets its arguments as they are, whatever a shell would make of them', async () => {
    const nasty = ['$(id)', '; reboot', '`x`', "'", '\n', '*'];
    expect(await run(['printf', '%s|', ...nasty])).toMatchObject({ stdout: `${nasty.join('|')}|` });
  });

  test('reads the text it is given, and an empty input when there is none', async () => {
    expect(await run(['cat'], { stdin: 'a\nb' })).toMatchObject({ stdout: 'a\nb' });
    expect(await run(['cat'])).toMatchObject({ stdout: '' });
    expect(await run(['true'], { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ end: 'exited', exitCode: 0 });
  });

  test('that is not there says so', async () => {
    expect(await run(['vethscope-no-such-tool'])).toEqual({ end: 'not-found', program: 'vethscope-no-such-tool' });
  });

  test('that does not end in time is ended', async () => {
    expect(await run(['sleep', '100'], { timeoutMs: 50 })).toEqual({ end: 'slow' });
  });

  test('that prints without end is ended', async () => {
    expect(await run(['yes'])).toEqual({ end: 'too-long' });
  });

  test('is ended with the host', async () => {
    const stop = new AbortController();
    const ended = run(['sleep', '100'], { signal: stop.signal });
    stop.abort();
    expect(await ended).toEqual({ end: 'stopped' });
    expect(await run(['true'], { signal: stop.signal })).toEqual({ end: 'stopped' });
  });

  test('that a signal ended says which', async () => {
    expect(await run(['sh', '-c', 'kill -9 $$'])).toEqual({ end: 'failed', detail: 'ended by SIGKILL' });
  });
});

test('administrators’ folders are looked into as well, and no relative ones', () => {
  const folders = commandPath().split(':');
  expect(folders).toContain('/usr/sbin');
  expect(folders.every((folder) => folder.startsWith('/'))).toBe(true);
});
