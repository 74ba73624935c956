import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tryLock } from '../../../src/host/state/file-lock.ts';

test('one holder at a time, and the next when it lets go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  const path = join(folder, 'lock');
  try {
    const first = await tryLock(path);
    expect(first).toBeDefined();
    expect(await tryLock(path)).toBeUndefined();
    await first?.release();
    const second = await tryLock(path);
    expect(second).toBeDefined();
    await second?.release();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a holder that is killed holds nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  const path = join(folder, 'lock');
  const module = fileURLToPath(new URL('../../../src/host/state/file-lock.ts', import.meta.url));
  const program = `const { tryLock } = await import(${JSON.stringify(module)}); await tryLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    expect(await tryLock(path)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await tryLock(path);
    expect(lock).toBeDefined();
    await lock?.release();
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
});
