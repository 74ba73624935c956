/** This machine as a host: what it says of itself, and what is done inside one of its namespaces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AskedEntry, Host } from '../../src/host/host.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { hostId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import { requires } from '../support/requires.ts';

test('a host says what it is, whoever asks', async () => {
  const host = await openLocalHost(hostId('here'));
  const { value, gaps } = await host.ask({ about: 'host' });
  await host.close();
  expect(value).toMatchObject({ id: 'here', uid: process.geteuid?.() });
  expect(value?.kernel).toMatch(/^\d+\.\d+/);
  expect(gaps).toEqual([]);
});

test('asking for no engine, or at a place where there is none, finds none', async () => {
  const host = await openLocalHost();
  expect(await host.ask({ about: 'engines', engine: 'none' })).toEqual({ value: [], gaps: [] });
  expect(await host.ask({ about: 'engines', socket: '/nowhere.sock' })).toMatchObject({
    value: [],
    gaps: [{ reason: 'missing' }],
  });
  await host.close();
});

test('a closed host answers with a gap, and may be closed again', async () => {
  const host = await openLocalHost();
  await host.close();
  await host.close();
  expect(await host.ask({ about: 'netns', parts: ['links'] })).toMatchObject({ gaps: [{ source: 'netns' }] });
});

const lab = requires('root', 'tool:ip', 'tool:nft', 'tool:iptables-nft', 'tool:unshare', 'kernel:nft');

lab.describe('inside a netns of the machine', () => {
  let host: Host;
  let holder: ChildProcess;
  const asked: AskedEntry[] = [];

  const find = async (parts: readonly ('ruleset' | 'links')[] = []): Promise<Netns | undefined> => {
    const inode = Number(/\d+/.exec(readlinkSync(`/proc/${holder.pid}/ns/net`))?.[0]);
    const all = await host.ask({ about: 'netns', parts: [] });
    const id = all.value?.find((netns) => netns.inode === inode)?.id;
    // Only this one: what others do on the machine meanwhile is not our subject.
    const { value } = await host.ask({ about: 'netns', parts, only: id === undefined ? [] : [id] });
    return value?.[0];
  };
  const change = async (...argv: readonly string[]) => host.change({ argv, netns: (await find())?.id ?? 'none' });

  beforeAll(async () => {
    holder = spawn('unshare', ['--net', 'sleep', '600'], { stdio: 'ignore' });
    await vi.waitFor(() =>
      expect(readlinkSync(`/proc/${holder.pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net')),
    );
    host = await openLocalHost();
    host.onAsked((entry) => asked.push(entry));
  });
  afterAll(async () => {
    await host.close();
    holder.kill('SIGKILL');
  });

  lab.test('a change happens there and nowhere else', async () => {
    expect(await change('ip', 'link', 'set', 'lo', 'up')).toMatchObject({ exitCode: 0, stderr: '' });
    const links = (await find(['links']))?.links;
    expect(links?.[0]?.flags).toContain('UP');
    expect(asked.some(({ what, outcome }) => what.startsWith('ip link set lo up (in netns') && outcome === 'ok')).toBe(
      true,
    );
  });

  lab.test('a change gets its text, and its failure is told in the tool’s words', async () => {
    const netns = (await find())?.id ?? 'none';
    const restored = await host.change({
      argv: ['iptables-nft-restore'],
      netns,
      stdin: '*filter\n-A INPUT -s 10.9.8.7 -j DROP\nCOMMIT\n',
    });
    expect(restored).toMatchObject({ exitCode: 0 });
    expect(await change('ip', 'link', 'set', 'none0', 'up')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('none0'),
    });
    expect(await change('vethscope-no-such-tool')).toMatchObject({ exitCode: 127 });
  });

  lab.test('rules are read with the tools that know them, and not again while nothing has changed', async () => {
    await change('nft', 'add', 'table', 'inet', 'own');
    const first = await find(['ruleset']);
    expect(first?.ruleset?.iptablesNft).toContain('-A INPUT -s 10.9.8.7/32 -j DROP');
    expect(first?.ruleset?.nft).toContain('"own"');
    const tools = () => asked.filter(({ what }) => what.includes('iptables-nft-save')).length;
    const before = tools();
    expect((await find(['ruleset']))?.ruleset).toEqual(first?.ruleset);
    expect(tools()).toBe(before);
    await change('nft', 'add', 'table', 'inet', 'another');
    expect((await find(['ruleset']))?.ruleset?.nft).toContain('"another"');
    expect(tools()).toBeGreaterThan(before);
  });

  lab.test('that has gone nothing is run', async () => {
    expect(await host.change({ argv: ['true'], netns: 'here|4:1' })).toMatchObject({ exitCode: 126 });
  });
});
