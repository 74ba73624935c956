import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fixSchema, journalSchema } from '../../src/report/schemas/change-schema.ts';
import { runMain } from '../support/run-main.ts';

const host = ['--recording', fileURLToPath(new URL('../../src/demo/recordings/veth-down.tar.gz', import.meta.url))];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('without --yes: exactly what would be run, how it is taken back, who is interrupted, how long it lasts', async () => {
  const { code, stdout } = await runMain(['fix', 'veth-down:db', ...host]);
  expect(code).toBe(0);
  expect(stdout).toContain('run   ip link set dev veth01b2c3d up');
  expect(stdout).toContain('undo  ip link set dev veth01b2c3d down');
  expect(stdout).toMatch(/risk {2}low: /);
  expect(stdout).toContain('lasts ');
});

test('a recording is never changed', async () => {
  const { code, stdout } = await runMain(['fix', 'veth-down:db', '--yes', ...host]);
  expect(code).toBe(4);
  expect(stdout).toContain('nothing was changed: a recording cannot be changed');
});

test('--read-only forbids it', async () => {
  const { code, stdout } = await runMain(['fix', 'veth-down:db', '--yes', '--read-only', ...host]);
  expect(code).toBe(4);
  expect(stdout).toContain('nothing was changed: --read-only forbids it');
});

test('the preview and the refusal as documents fit their schema', async () => {
  for (const more of [[], ['--yes']]) {
    const { stdout } = await runMain(['fix', 'veth-down:db', '--json', ...more, ...host]);
    expect(fixSchema.safeParse(JSON.parse(stdout)).error?.issues ?? []).toEqual([]);
  }
});

test('so much of an id that one finding is meant is enough', async () => {
  expect((await runMain(['fix', 'veth-down', ...host])).code).toBe(0);
});

test('no such finding is 1, and says what there is', async () => {
  const { code, stderr } = await runMain(['fix', 'bridge-down:br0', ...host]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^vethscope: bridge-down:br0: no such finding now \(there are .*veth-down:db/);
});

test('no such remedy is 1', async () => {
  const { code, stderr } = await runMain(['fix', 'veth-down:db', '--remedy', '7', ...host]);
  expect(code).toBe(1);
  expect(stderr).toContain('has no remedy 7');
});

test.each([
  ['--remedy', '0'],
  ['--remedy', 'x'],
  ['--confirm-within', '-1'],
  ['--confirm-within', '1h'],
])('%s %s is wrong usage', async (option, value) => {
  expect((await runMain(['fix', 'veth-down:db', option, value, ...host])).code).toBe(2);
});

test('nothing was changed: the journal is empty, and there is nothing to take back', async () => {
  const journal = await runMain(['journal', '--json', ...host]);
  expect(journalSchema.safeParse(JSON.parse(journal.stdout)).error?.issues ?? []).toEqual([]);
  expect(JSON.parse(journal.stdout).changes).toEqual([]);
  expect((await runMain(['journal', ...host])).stdout).toBe('nothing was changed\n');
  expect((await runMain(['undo', ...host])).code).toBe(4);
  const { code, stderr } = await runMain(['confirm', 'abc', ...host]);
  expect([code, stderr]).toEqual([4, 'vethscope: abc: no such change (`vethscope journal` lists them)\n']);
});
