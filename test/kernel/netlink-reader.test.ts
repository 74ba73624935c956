/** The reader on real netns: who holds them, what happens to those that hide or end, what it tells while following, and that it leaves no trace. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';
import type { HostEvent } from '../../src/host/host.ts';
import { type Reader, startReader } from '../../src/host/netlink/reader.ts';
import { hostId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import { requires } from '../support/requires.ts';

const { describe, test } = requires('root', 'tool:ip', 'tool:nsenter', 'tool:unshare');

const A = `vst-read-a-${process.pid}`;
const B = `vst-read-b-${process.pid}`;
const run = (...argv: readonly string[]): string =>
  execFileSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const inside = (name: string, ...argv: readonly string[]): string =>
  run('nsenter', `--net=/run/netns/${name}`, ...argv);
const quietly = (...argv: readonly string[]): void => {
  try {
    run(...argv);
  } catch {
    // Not there: nothing to remove.
  }
};
const named = (netns: readonly Netns[], name: string): Netns | undefined =>
  netns.find((one) => one.names.includes(name));
const children: ChildProcess[] = [];
/** A process in the netns that answers when it is there. */
const holder = async (...argv: readonly string[]): Promise<ChildProcess> => {
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
};
/** Runs where the second netns is not mounted: the peer of the first one's link is hidden there. */
const hiddenScript = `
  import { startReader } from ${JSON.stringify(new URL('../../src/host/netlink/reader.ts', import.meta.url).href)};
  const reader = startReader({ host: 'inner' });
  const { netns, gaps } = await reader.read({ parts: ['links', 'addresses'] });
  const hidden = netns.find((one) => one.id === netns.find((other) => other.names.includes(${JSON.stringify(A)})).nsids[0].netns);
  const { holders, links, addresses } = hidden;
  const gap = gaps.find((one) => one.netns === hidden.id).detail;
  console.log(JSON.stringify({ holders, links: links ?? null, addresses: addresses.flatMap((link) => link.addr_info.map((info) => info.local)), gap }));
  await reader.close();
`;

let reader: Reader;

describe('the reader', () => {
  beforeEach(() => {
    for (const name of [A, B]) {
      quietly('ip', 'netns', 'del', name);
      run('ip', 'netns', 'add', name);
    }
    inside(A, 'ip', 'link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', B);
    inside(A, 'ip', 'link', 'set', 'va', 'up');
    inside(B, 'ip', 'link', 'set', 'eth0', 'up');
    reader = startReader({ host: hostId('test') });
  });
  afterEach(async () => {
    await reader.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const name of [A, B]) quietly('ip', 'netns', 'del', name);
  });

  test('names the mount, the process and the descriptor that hold a netns', async () => {
    const process = await holder('nsenter', `--net=/run/netns/${A}`, 'sh', '-c', 'echo; exec sleep 60');
    const descriptor = await holder('sh', '-c', `exec 7</run/netns/${A}; echo; exec sleep 60`);
    const { netns } = await reader.read({ parts: [] });
    const holders = named(netns, A)?.holders ?? [];
    expect(holders).toContainEqual({ kind: 'mount', path: `/run/netns/${A}` });
    expect(holders).toContainEqual({ kind: 'process', pid: process.pid, comm: 'sleep' });
    expect(holders).toContainEqual({ kind: 'descriptor', pid: descriptor.pid, fd: 7, comm: 'sleep' });
  });

  test('reads a netns that only a descriptor holds', async () => {
    await holder('sh', '-c', `exec 7</run/netns/${B}; echo; exec sleep 60`);
    run('ip', 'netns', 'del', B);
    const { netns } = await reader.read({ parts: ['links'], search: 'quick' });
    const peer = named(netns, A)?.nsids[0]?.netns;
    const found = netns.find((one) => one.id === peer);
    expect(found?.holders.map((one) => one.kind)).toEqual(['descriptor']);
    expect(found?.links?.map((link) => link.ifname)).toEqual(['lo', 'eth0']);
  });

  test('reads the addresses of a netns nobody visible holds through the nsid of its neighbour, and gives no nsid to anybody by that', async () => {
    inside(B, 'ip', 'addr', 'add', '10.1.2.3/24', 'dev', 'eth0');
    const numbers = (): string => inside(A, 'ip', 'netns', 'list-id');
    const before = numbers();
    // Unmounted where we look, and held by nothing else that is visible there.
    const text = run(
      'unshare',
      '--pid',
      '--fork',
      '--mount',
      '--mount-proc',
      'sh',
      '-c',
      `umount -l /run/netns/${B}; exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      hiddenScript,
    );
    const found = JSON.parse(text) as { holders: unknown[]; links: null; addresses: string[]; gap: string };
    expect(found.holders).toEqual([expect.objectContaining({ kind: 'nsid' })]);
    expect(found.links).toBeNull();
    expect(found.addresses).toContain('10.1.2.3');
    expect(found.gap).toContain('nothing visible holds it');
    expect(numbers()).toBe(before);
  });

  test('gives a gap for a netns that ends between two reads, and the rest whole', async () => {
    const { netns } = await reader.read({ parts: ['links'] });
    const gone = named(netns, B)?.id;
    run('ip', 'netns', 'del', B);
    const again = await reader.read({ parts: ['links'] });
    expect(again.netns.some((one) => one.id === gone)).toBe(false);
    expect(named(again.netns, A)?.links?.map((link) => link.ifname)).toEqual(['lo']);
  });

  test('tells a bound socket with its process, its link and whether it takes IPv4', async () => {
    const script =
      "const n=require('net').createServer().listen({host:'::',port:8123,ipv6Only:true},()=>console.log('up'))";
    inside(A, 'ip', 'link', 'set', 'lo', 'up');
    const server = await holder('nsenter', `--net=/run/netns/${A}`, process.execPath, '-e', script);
    const { netns } = await reader.read({ parts: ['sockets'] });
    const socket = named(netns, A)?.sockets?.find((one) => one.port === 8123);
    expect(socket).toMatchObject({ proto: 'tcp', family: 'inet6', local: '::', v6only: true });
    expect(socket?.processes.map((one) => one.pid)).toEqual([server.pid]);
  });

  test('tells which nft tables exist, and that there are none elsewhere', async () => {
    try {
      inside(A, 'nft', 'add', 'table', 'inet', 'vst');
    } catch {
      return expect(
        named((await reader.read({ parts: ['ruleset'] })).netns, A)?.ruleset?.present.nftTables ?? [],
      ).toEqual([]);
    }
    const { netns } = await reader.read({ parts: ['ruleset'] });
    expect(named(netns, A)?.ruleset?.present.nftTables).toEqual([{ family: 'inet', name: 'vst' }]);
    expect(named(netns, B)?.ruleset?.present.nftTables).toEqual([]);
  });

  test('leaves no descriptor, no netns and no module behind', async () => {
    await reader.read({ parts: ['links'] });
    const state = () => ({
      descriptors: readdirSync('/proc/self/fd')
        .map((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`);
          } catch {
            return '';
          }
        })
        .filter((link) => /^(socket|net):/.test(link)).length,
      modules: (() => {
        try {
          return readFileSync('/proc/modules', 'utf8')
            .split('\n')
            .map((line) => line.split(' ')[0])
            .sort()
            .join();
        } catch {
          return '';
        }
      })(),
      netns: run('ip', 'netns', 'list')
        .split('\n')
        .filter((line) => line.startsWith(A) || line.startsWith(B)).length,
      home: readlinkSync('/proc/self/ns/net'),
    });
    const before = state();
    await reader.read({
      parts: [
        'links',
        'addresses',
        'routes',
        'policyRules',
        'neighbours',
        'fdb',
        'vlans',
        'sysctls',
        'sockets',
        'conntrack',
        'ruleset',
      ],
    });
    expect(state()).toEqual(before);
  });

  test('ends at once, also in the middle of a read', async () => {
    const read = reader.read({ parts: ['links'] }).catch((error: Error) => error.message);
    await reader.close();
    await reader.close();
    expect(['the netlink worker has ended', 'object']).toContain(
      typeof (await read) === 'object' ? 'object' : await read,
    );
    await expect(reader.read({ parts: [] })).rejects.toThrow('closed');
  });
});

/** Events are heard from the netns this process counts as the host's, so a netns of ours must be joined to it: a child reader in a netns of its own. */
const inOwnHost = (script: string): string =>
  run(
    ...['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc'],
    ...[process.execPath, '--input-type=module', '-e', script],
  );

describe('following', () => {
  test('tells a link going down, an address, a new netns and its end, also of one that is joined to nothing', async () => {
    const script = `
      import { startReader } from ${JSON.stringify(new URL('../../src/host/netlink/reader.ts', import.meta.url).href)};
      import { execFileSync } from 'node:child_process';
      const sh = (text) => execFileSync('sh', ['-c', text], { stdio: 'ignore' });
      sh('mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && ip link add v0 type veth peer name v1 && ip link set v0 up');
      const reader = startReader({ host: 'inner' });
      await reader.read({ parts: ['links', 'addresses', 'routes'] });
      const events = [];
      const following = await reader.follow(['links', 'addresses', 'routes'], (more) => events.push(...more));
      const step = async (text, seen) => {
        sh(text);
        for (let round = 0; round < 300 && !events.some(seen); round++) await new Promise((resolve) => setTimeout(resolve, 10));
        console.log(JSON.stringify(events.find(seen) ?? { after: text, events }));
        events.length = 0;
      };
      // A netns that has just got its number may be told whole once more, with the change in it.
      const links = (test) => (event) => (event.kind === 'links' && event.changed.some(test)) || (event.kind === 'netns-appeared' && event.netns.links.some(test));
      await step('ip link set v0 down', links((link) => link.ifname === 'v0' && !link.flags.includes('UP')));
      await step('ip addr add 10.0.0.1/24 dev v0', (event) => event.kind === 'facts' && 'addresses' in event.facts);
      await step('ip netns add new && ip link set v1 netns new', (event) => event.kind === 'netns-appeared' && event.netns.names.includes('new') && event.netns.links.some((link) => link.ifname === 'v1'));
      await step('nsenter --net=/run/netns/new ip link set v1 mtu 1400', links((link) => link.mtu === 1400));
      await step('ip netns del new', (event) => event.kind === 'netns-gone');
      await step('ip netns add alone', (event) => event.kind === 'netns-appeared' && event.netns.names.includes('alone'));
      await step('ip link add w0 type veth peer name w1 netns alone', (event) => event.kind === 'netns-appeared' && event.netns.links.some((link) => link.ifname === 'w1'));
      await step('nsenter --net=/run/netns/alone ip link set w1 up', links((link) => link.ifname === 'w1' && link.flags.includes('UP')));
      await step('ip netns del alone', (event) => event.kind === 'netns-gone');
      await following.stop();
      await reader.close();
    `;
    const events = inOwnHost(script)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as HostEvent);
    expect(events).toHaveLength(9);
    expect(events.filter((event) => !('kind' in event))).toEqual([]);
    expect(events[2]).toMatchObject({ netns: { links: [{ ifname: 'lo' }, { ifname: 'v1' }] } });
  });

  // The kernel tells nothing of what happens in a netns before the host has a number for it, and gives a dead one's inode to the next.
  test('misses nothing of a netns that is wired while it is looked at, nor one with the inode of another that ended', async () => {
    const script = `
      import { startReader } from ${JSON.stringify(new URL('../../src/host/netlink/reader.ts', import.meta.url).href)};
      import { execFile, execFileSync } from 'node:child_process';
      import { promisify } from 'node:util';
      const sh = (text) => promisify(execFile)('sh', ['-c', text]);
      execFileSync('sh', ['-c', 'mount -t tmpfs none /run && mkdir /run/netns']);
      const reader = startReader({ host: 'inner' });
      await reader.read({ parts: ['links'] });
      const shown = new Map();
      const following = await reader.follow(['links'], (events) => {
        for (const event of events) {
          const links = event.kind === 'links' ? shown.get(event.netns)?.links : undefined;
          if (event.kind === 'netns-appeared') shown.set(event.netns.id, { name: event.netns.names[0], links: new Set(event.netns.links.map((link) => link.ifname)) });
          if (event.kind === 'netns-gone') shown.delete(event.id);
          // As a session does for the parts that are not followed.
          if (event.kind === 'netns-appeared') reader.read({ parts: ['sockets'], only: [event.netns.id], search: 'quick' }).catch(() => {});
          for (const link of links === undefined ? [] : event.changed) links.add(link.ifname);
        }
      });
      const missed = [];
      const step = async (text, seen) => {
        await sh(text);
        for (let round = 0; round < 200 && !seen([...shown.values()]); round++) await new Promise((resolve) => setTimeout(resolve, 10));
        if (!seen([...shown.values()])) missed.push({ after: text, shown: [...shown.values()].map(({ name, links }) => [name, ...links]) });
      };
      for (let n = 0; n < 20; n++) {
        await step('ip netns add wired && ip link add w type veth peer name eth0 netns wired', (all) => all.some(({ name, links }) => name === 'wired' && links.has('eth0')));
        await step('ip netns del wired', (all) => all.length === 0);
        await step('ip netns add alone', (all) => all.some(({ name }) => name === 'alone'));
        await step('ip netns del alone', (all) => all.length === 0);
      }
      console.log(JSON.stringify(missed));
      await following.stop();
      await reader.close();
    `;
    expect(JSON.parse(inOwnHost(script))).toEqual([]);
  });

  test('tells of many netns that come at once', async () => {
    const script = `
      import { startReader } from ${JSON.stringify(new URL('../../src/host/netlink/reader.ts', import.meta.url).href)};
      import { execFileSync } from 'node:child_process';
      execFileSync('sh', ['-c', 'mount -t tmpfs none /run && mkdir /run/netns']);
      const reader = startReader({ host: 'inner' });
      await reader.read({ parts: ['links'] });
      const names = new Set();
      const following = await reader.follow(['links'], (events) => {
        for (const event of events) if (event.kind === 'netns-appeared') for (const name of event.netns.names) names.add(name);
      });
      // This thread is busy meanwhile, so all of them are told as one.
      execFileSync('sh', ['-c', 'for n in $(seq 120); do ip netns add n$n; done']);
      for (let round = 0; round < 1000 && names.size < 120; round++) await new Promise((resolve) => setTimeout(resolve, 10));
      console.log(names.size);
      await following.stop();
      await reader.close();
    `;
    expect(inOwnHost(script).trim()).toBe('120');
  });
});
