import { expect, test } from 'vitest';
import { readState } from '../../../src/fix/state/read-state.ts';
import type { Touch } from '../../../src/fix/state/touch.ts';
import type { Host } from '../../../src/host/host.ts';
import type { CommandResult } from '../../../src/model/change.ts';
import { fakeHost } from '../../support/fake-host.ts';

const printing = (stdout: string, result: Partial<CommandResult> = {}): Host => ({
  ...fakeHost({}),
  change: async (command) => ({ command, exitCode: 0, stdout, stderr: '', durationMs: 0, ...result }),
});

const read = async (touch: Touch, stdout: string) => {
  const state = await readState(printing(stdout), touch);
  return 'text' in state ? state.text : state.error;
};

const link = (flags: readonly string[], more: object = {}) =>
  JSON.stringify([
    {
      ifindex: 5,
      ifname: 'v',
      flags,
      mtu: 1500,
      operstate: 'UP',
      promiscuity: 1,
      address: '02:00:00:00:00:01',
      ...more,
    },
  ]);

test('a link is the same with and without carrier, and another one when switched off', async () => {
  const touch: Touch = { kind: 'link', ifname: 'v' };
  const up = await read(touch, link(['UP', 'BROADCAST', 'LOWER_UP']));
  expect(await read(touch, link(['BROADCAST', 'UP', 'NO-CARRIER'], { operstate: 'DOWN' }))).toBe(up);
  expect(await read(touch, link(['BROADCAST']))).not.toBe(up);
  expect(await read(touch, link(['UP', 'BROADCAST'], { mtu: 1400 }))).not.toBe(up);
  expect(await read(touch, link(['UP', 'BROADCAST'], { master: 'br0' }))).not.toBe(up);
});

test('a chain is its policy and rules in order, without counters and other chains', async () => {
  const table =
    '# Generated\n*filter\n:FORWARD DROP [3:4]\n:DOCKER - [0:0]\n-A FORWARD -j DOCKER\n-A DOCKER -i a -j ACCEPT\n-A FORWARD -j X\nCOMMIT\n';
  const touch: Touch = { kind: 'chain', tool: 'iptables', table: 'filter', chain: 'FORWARD' };
  expect(await read(touch, table)).toBe(':FORWARD DROP\n-A FORWARD -j DOCKER\n-A FORWARD -j X');
});

test('addresses do not age, and the kernel keeps its link-local ones to itself', async () => {
  const touch: Touch = { kind: 'addresses', ifname: 'v' };
  const of = (life: number, more: readonly object[] = []) =>
    JSON.stringify([
      { ifname: 'v', addr_info: [{ local: '10.0.0.1', prefixlen: 24, valid_life_time: life }, ...more] },
    ]);
  expect(await read(touch, of(5))).toBe(
    await read(touch, of(4, [{ family: 'inet6', local: 'fe80::1', prefixlen: 64 }])),
  );
});

test('learned neighbours and fdb entries come and go, written ones count', async () => {
  const neighbours = JSON.stringify([
    { dst: '10.0.0.2', lladdr: '02:00:00:00:00:02', state: ['REACHABLE'] },
    { dst: '10.0.0.3', lladdr: '02:00:00:00:00:03', state: ['PERMANENT'] },
  ]);
  expect(await read({ kind: 'neighbours', ifname: 'v' }, neighbours)).toContain('10.0.0.3');
  expect(await read({ kind: 'neighbours', ifname: 'v' }, neighbours)).not.toContain('10.0.0.2');
  const fdb = JSON.stringify([
    { mac: '02:00:00:00:00:02', ifname: 'v', state: '' },
    { mac: '02:00:00:00:00:03', ifname: 'v', state: 'static' },
  ]);
  expect(await read({ kind: 'fdb', ifname: 'v' }, fdb)).not.toContain(':02"');
});

test('what is not there is a state, what cannot be read is none', async () => {
  const touch: Touch = { kind: 'link', ifname: 'gone' };
  const result = { exitCode: 1, stderr: 'Device "gone" does not exist.' };
  expect(await readState(printing('', result), touch)).toEqual({ text: 'absent' });
  expect(await readState(printing('', { exitCode: 127, stderr: 'ip: not found' }), touch)).toHaveProperty('error');
  expect(await readState(printing('no json'), touch)).toHaveProperty('error');
});

test('entries of table local go with their address, unless they are what is changed', async () => {
  const local = 'local 10.0.0.1 dev v table local proto kernel scope host src 10.0.0.1 \n';
  expect(await read({ kind: 'link-routes', family: 4, ifname: 'v' }, local)).toBe('');
  expect(await read({ kind: 'routes', family: 4, destination: '10.0.0.1' }, local)).toContain('10.0.0.1');
});
