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

demo.describe('a story of other ways of wiring does in the kernel what its title says:', () => {
  const macvlan = requires('root', 'tool:iptables-restore', 'kernel:br_netfilter', 'kernel:macvlan');
  macvlan.test('plugs made by hand that do not reach each other', async () => {
    const [SCALE, SENSOR, API] = ['scale>192.168.7.12:631', 'internet>10.99.0.50:1883', 'api>192.168.7.12:631'];
    expect(await play('pipework', SCALE, SENSOR, API)).toEqual({ [SCALE]: false, [SENSOR]: true, [API]: true });
  });

  demo.test('containers on one bridge of which one knows too small a network', async () => {
    const [LOST, NEAR, BACK] = ['api>10.40.0.2:5432', 'api>10.32.0.12:6379', 'cache>10.40.0.2:5432'];
    expect(await play('weave', LOST, NEAR, BACK)).toEqual({ [LOST]: false, [NEAR]: true, [BACK]: true });
  });

  const vxlan = requires('root', 'tool:bridge', 'tool:ping', 'kernel:vxlan');
  vxlan.test('an overlay with an entry for a host that is not there', async () => {
    const before = machineState();
    const [LOST, HERE, WIRE] = ['api>10.244.2.2:5432', 'cache>10.244.2.2:5432', 'node-a>10.99.0.12~56'];
    expect(await play('overlay-entry', LOST, HERE, WIRE)).toEqual({ [LOST]: false, [HERE]: true, [WIRE]: true });
    expect(leftovers(before)).toEqual([]);
  });

  vxlan.test('a tunnel through which only small packets come', async () => {
    const [SMALL, FITS, LARGE] = ['api>10.244.2.2:5432', 'api>10.244.2.2~1322', 'api>10.244.2.2~1422'];
    expect(await play('tunnel-mtu', SMALL, FITS, LARGE)).toEqual({ [SMALL]: true, [FITS]: true, [LARGE]: false });
  });

  const wire = requires('root', 'tool:ping');
  wire.test('workloads of two hosts of which one has learnt no route', async () => {
    const [AWAY, BACK, HERE] = ['api>192.168.2.2:5432', 'db>192.168.1.2:80', 'api>192.168.1.2:80'];
    const WIRE = 'node-a>10.99.0.12~56';
    expect(await play('bgp-lost', AWAY, BACK, HERE, WIRE)).toEqual({
      [AWAY]: false,
      [BACK]: false,
      [HERE]: true,
      [WIRE]: true,
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
