/** A snapshot that follows its host. */
import { describe, expect, test, vi } from 'vitest';
import { collect } from '../../src/collect/collect.ts';
import { keepCurrent } from '../../src/collect/keep-current.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { fakeHost, fakeNetns } from '../support/fake-host.ts';

const container = (Id: string, Pid: number) => ({
  Id,
  Name: `/${Id}`,
  State: { Status: Pid > 0 ? 'running' : 'exited', Pid },
});

interface World {
  readonly netns: Netns[];
  readonly containers: ReturnType<typeof container>[];
  /** How namespaces are answered instead. */
  answer?: () => Promise<readonly Netns[]>;
}

const start = async () => {
  const world: World = { netns: [fakeNetns(1, [5], { links: [] })], containers: [container('c1', 5)] };
  const host = fakeHost({
    netns: ({ only }) => world.answer?.() ?? world.netns.filter(({ id }) => only === undefined || only.includes(id)),
    engines: ({ only }) => [
      {
        kind: 'docker',
        socket: '/s',
        version: {},
        info: {},
        networks: [],
        containers: world.containers.filter(({ Id }) => only === undefined || only.containers.includes(Id)),
      },
    ],
    containerFiles: ({ containers }) => containers.map(({ fullId }) => ({ fullId, hosts: fullId })),
  });
  const heard: Snapshot[] = [];
  const first = await collect(host);
  const keeping = await keepCurrent(host, first, {}, (snapshot) => heard.push(snapshot));
  await vi.waitFor(() => expect(host.asked.length).toBeGreaterThan(6));
  return { world, host, heard, keeping };
};

describe('a host that is followed', () => {
  test('is asked again at the beginning for what happened before the first event', async () => {
    const { host, keeping } = await start();
    expect(host.asked.slice(-2).map(({ about }) => about)).toEqual(['netns', 'engines']);
    await keeping.stop();
    expect(host.followed()).toBe(false);
  });

  test('shows a link that changed at once, before anything is asked', async () => {
    const { host, heard, keeping } = await start();
    const before = host.asked.length;
    host.happen({
      kind: 'links',
      netns: fakeNetns(1).id,
      changed: [{ ifindex: 1, ifname: 'lo', flags: [], mtu: 1, operstate: 'DOWN', link_type: 'ether' }],
      gone: [],
    });
    expect(heard.at(-1)?.netns[0]?.links?.[0]?.operstate).toBe('DOWN');
    expect(host.asked.length).toBe(before);
    await keeping.stop();
  });

  test('shows a container that started, with its netns and files, though no event told of its netns', async () => {
    const { world, host, heard, keeping } = await start();
    world.containers.push(container('c2', 8));
    world.netns.push(fakeNetns(9, [8]));
    host.happen({ kind: 'engine', socket: '/s', about: 'container', action: 'start', id: 'c2' });
    await vi.waitFor(() => expect(heard.at(-1)?.engines[0]?.containers[1]?.files).toEqual({ hosts: 'c2' }));
    expect(heard.at(-1)?.netns.map(({ inode }) => inode)).toEqual([1, 9]);
    await keeping.stop();
  });

  test('loses a container that was removed', async () => {
    const { world, host, heard, keeping } = await start();
    world.containers.length = 0;
    host.happen({ kind: 'engine', socket: '/s', about: 'container', action: 'destroy', id: 'c1' });
    await vi.waitFor(() => expect(heard.at(-1)?.engines[0]?.containers).toEqual([]));
    await keeping.stop();
  });

  test('does not go back to what was read before an event', async () => {
    const { world, host, heard, keeping } = await start();
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = [...world.netns];
    world.answer = () => promise.then(() => before);
    world.containers.push(container('c2', 8));
    host.happen({ kind: 'engine', socket: '/s', about: 'container', action: 'start', id: 'c2' });
    await vi.waitFor(() => expect(host.asked.at(-1)).toMatchObject({ about: 'netns' }));
    host.happen({ kind: 'netns-appeared', netns: fakeNetns(9, [8]) });
    resolve();
    await vi.waitFor(() => expect(heard.at(-1)?.engines[0]?.containers[1]?.files).toEqual({ hosts: 'c2' }));
    expect(heard.at(-1)?.netns.map(({ inode }) => inode)).toEqual([1, 9]);
    await keeping.stop();
  });

  test('is collected anew when events were lost', async () => {
    const { world, host, heard, keeping } = await start();
    world.netns.push(fakeNetns(9));
    host.happen({ kind: 'resync', why: 'ENOBUFS' });
    await vi.waitFor(() => expect(heard.at(-1)?.netns).toHaveLength(2));
    await keeping.stop();
  });

  test('tells nothing any more once it is stopped', async () => {
    const { host, heard, keeping } = await start();
    await keeping.stop();
    const before = heard.length;
    host.happen({ kind: 'netns-gone', id: fakeNetns(1).id });
    expect(heard.length).toBe(before);
  });
});
