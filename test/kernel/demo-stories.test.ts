import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { leftovers, machineState } from '../lab/leftovers.ts';
import { requires } from '../support/requires.ts';

const INSIDE = fileURLToPath(new URL('demo-inside.ts', import.meta.url));
const run = promisify(execFile);

/** Builds the story and says which of the connections get an answer. */
const play = async (story: string, ...probes: readonly string[]): Promise<Record<string, boolean>> => {
  const { stdout } = await run(process.execPath, [INSIDE, story, ...probes]);
  const told = JSON.parse(stdout) as { error?: string; answers: Record<string, boolean> };
  expect(told.error).toBeUndefined();
  return told.answers;
};

const API_TO_DB = 'api>172.31.0.3:5432';
const API_TO_CACHE = 'api>172.31.0.4:6379';
const OUTSIDE_TO_WEB = 'internet>10.99.0.2:8080';
const WEB_TO_DB = 'web>172.31.0.3:5432';
const ALL = [API_TO_DB, API_TO_CACHE, OUTSIDE_TO_WEB, WEB_TO_DB];

const demo = requires('root', 'tool:iptables-restore', 'tool:nsenter', 'tool:setpriv', 'kernel:bridge');

demo.describe('a story of the demo does in the kernel what its title says:', () => {
  demo.test('a healthy shop', async () => {
    const before = machineState();
    expect(await play('healthy', ...ALL)).toEqual({
      [API_TO_DB]: true,
      [API_TO_CACHE]: true,
      [OUTSIDE_TO_WEB]: true,
      [WEB_TO_DB]: false,
    });
    expect(leftovers(before)).toEqual([]);
  });

  demo.test('an api without its database', async () => {
    expect(await play('veth-down', API_TO_DB, API_TO_CACHE)).toEqual({ [API_TO_DB]: false, [API_TO_CACHE]: true });
  });

  demo.test('a web shop nobody outside reaches', async () => {
    expect(await play('rule-drop', OUTSIDE_TO_WEB, API_TO_DB)).toEqual({ [OUTSIDE_TO_WEB]: false, [API_TO_DB]: true });
  });

  demo.test('a database that refuses every connection', async () => {
    const LOCAL = 'db>127.0.0.1:5432';
    expect(await play('loopback-only', API_TO_DB, LOCAL)).toEqual({ [API_TO_DB]: false, [LOCAL]: true });
  });

  const bridged = requires('root', 'kernel:br_netfilter');
  bridged.test('containers on one network that cannot talk', async () => {
    expect(await play('icc-off', API_TO_CACHE, OUTSIDE_TO_WEB)).toEqual({
      [API_TO_CACHE]: false,
      [OUTSIDE_TO_WEB]: true,
    });
  });
});

demo.describe('the demo leaves nothing behind', () => {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
    demo.test(`when it is ended by ${signal}`, async () => {
      const before = machineState();
      const child = spawn(process.execPath, [INSIDE, 'healthy', 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')]);
      expect(line).toBe('{"answers":{}}');
      // Every process inside holds our pipe: its end is theirs, also of those that were handed to another parent.
      const ended = once(child, 'close');
      child.kill(signal);
      await ended;
      expect(leftovers(before)).toEqual([]);
    });
  }
});
