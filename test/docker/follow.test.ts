import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { IMAGE } from '../lab/daemon.ts';
import { type LabHost, startLabHost } from '../lab/lab-host.ts';
import { PROGRAM } from '../lab/vethscope.ts';
import { requires } from '../support/requires.ts';

interface Shown {
  readonly phase: string;
  readonly following: boolean;
  readonly containers: readonly string[];
  readonly links: readonly string[];
}

const INSIDE = fileURLToPath(new URL('follow-inside.ts', import.meta.url));
const lab = requires('docker');

lab.describe('a session that follows a Docker host shows, without being asked again,', () => {
  let host: LabHost;
  let shown: Shown = { phase: '', following: false, containers: [], links: [] };
  let follower: ReturnType<typeof spawn>;

  /** Waits until the picture is so; the limit only ends a test that has failed. */
  const becomes = (what: (now: Shown) => boolean): Promise<void> =>
    vi.waitFor(() => expect(what(shown), JSON.stringify(shown)).toBe(true), { timeout: 60_000, interval: 10 });

  beforeAll(async () => {
    host = await startLabHost({ docker: true });
    await host.docker('run', '-d', '--name', 'first', IMAGE);
    const argv = [
      '--target',
      `${host.pid}`,
      '--mount',
      '--net',
      '--pid',
      '--uts',
      '--ipc',
      '--',
      PROGRAM[0] ?? '',
      INSIDE,
    ];
    follower = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: follower.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      shown = JSON.parse(line) as Shown;
    });
    await becomes((now) => now.phase === 'ready' && now.following);
  });
  afterAll(async () => {
    await host?.stop();
    if (follower?.exitCode === null && follower.signalCode === null) await once(follower, 'exit');
  });

  lab.test('a container that starts, with its pair of links', async () => {
    await host.docker('run', '-d', '--name', 'second', IMAGE);
    await becomes((now) => now.containers.includes('second running') && now.links.includes('second eth0 up'));
  });

  lab.test('a link in the host that is set down, and up again', async () => {
    const veth = shown.links.find((link) => /^host veth/.test(link))?.split(' ')[1] ?? '';
    await host.run(['ip', 'link', 'set', veth, 'down']);
    await becomes((now) => now.links.includes(`host ${veth} down`));
    await host.run(['ip', 'link', 'set', veth, 'up']);
    await becomes((now) => now.links.includes(`host ${veth} up`));
  });

  lab.test('a link inside a container that is set down', async () => {
    const pid = await host.docker('inspect', '--format', '{{.State.Pid}}', 'first');
    await host.run(['nsenter', '--target', pid, '--net', 'ip', 'link', 'set', 'eth0', 'down']);
    await becomes((now) => now.links.includes('first eth0 down'));
  });

  lab.test('a netns that somebody makes and wires, and that it is gone', async () => {
    await host.run(['ip', 'netns', 'add', 'byhand']);
    await host.run(['ip', 'link', 'add', 'vbyhand', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'byhand']);
    await becomes((now) => now.links.includes('byhand eth0 down'));
    await host.run(['ip', 'netns', 'del', 'byhand']);
    await becomes((now) => !now.links.some((link) => /^byhand |vbyhand/.test(link)));
  });

  lab.test('a container that is killed', async () => {
    await host.docker('kill', 'second');
    await becomes((now) => now.containers.includes('second exited') && !now.links.includes('second eth0 up'));
  });
});
