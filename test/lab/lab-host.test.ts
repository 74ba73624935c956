import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { requires } from '../support/requires.ts';
import { findCgroups, removeStaleCgroups } from './cgroups.ts';
import { startLabHost } from './lab-host.ts';
import { leftovers, machineState } from './leftovers.ts';

const lab = requires('docker');

lab.describe('a lab host', () => {
  lab.test('runs an engine of its own and leaves nothing on the machine', async () => {
    const before = machineState();
    const host = await startLabHost({ docker: true });
    try {
      await host.docker('run', '-d', '--name', 'web', '-p', '8080:80', 'box');
      expect(await host.docker('ps', '--format', '{{.Names}}')).toBe('web');
      expect((await host.run(['busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/'])).stdout).toMatch(/hello/);
      expect(leftovers(before).map((line) => line.split(':')[0])).toEqual(
        expect.arrayContaining(['cgroups', 'processes']),
      );
    } finally {
      await host.stop();
    }
    expect(leftovers(before)).toEqual([]);
  });

  lab.test('leaves nothing when the engine in it does not start', async () => {
    const before = machineState();
    await expect(startLabHost({ docker: { 'storage-driver': 'nonsense' } })).rejects.toThrow(/did not start/);
    expect(leftovers(before)).toEqual([]);
  });

  lab.test('ends with its test run when that is killed, and the next run removes what is left', async () => {
    const script = fileURLToPath(new URL('hold-lab-host.ts', import.meta.url));
    const run = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string];
    const { pid, runId } = JSON.parse(line) as { pid: number; runId: string };
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    run.kill('SIGKILL');
    await once(run, 'exit');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
    await removeStaleCgroups();
    expect(findCgroups((name) => name.startsWith(runId))).toEqual([]);
  });
});

const legacy = requires('docker', 'tool:iptables-legacy', 'kernel:iptables-legacy');

legacy.test('a lab host can use the legacy iptables backend', async () => {
  const before = machineState();
  const host = await startLabHost({ docker: true, iptables: 'legacy' });
  try {
    expect((await host.run(['iptables-legacy-save'])).stdout).toMatch(/^-A FORWARD -j DOCKER-USER$/m);
    expect((await host.run(['nft', 'list', 'tables'])).stdout).toBe('');
  } finally {
    await host.stop();
  }
  expect(leftovers(before)).toEqual([]);
});

for (const [suite, version] of [
  ['bullseye', '20.10.5'],
  ['bookworm', '20.10.24'],
  ['trixie', '26.1.5'],
  ['forky', '28.5.2'],
] as const) {
  const { test } = requires(`engine:${suite}`);
  test(`a lab host on a Debian ${suite} root runs docker ${version}`, async () => {
    const before = machineState();
    const host = await startLabHost({ root: `${process.env['VETHSCOPE_LAB_ROOTS']}/${suite}`, docker: true });
    try {
      await host.docker('run', '-d', '--name', 'web', 'box');
      expect(await host.docker('version', '--format', '{{.Server.Version}}')).toMatch(version);
    } finally {
      await host.stop();
    }
    expect(leftovers(before)).toEqual([]);
  });
}
