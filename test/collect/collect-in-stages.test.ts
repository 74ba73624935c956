/** The first picture does not wait for what is slow, and the last has everything. */
import { describe, expect, test } from 'vitest';
import { collectInStages, type Stage } from '../../src/collect/collect-in-stages.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { facts, fakeHost, fakeNetns } from '../support/fake-host.ts';

const engineOf = (containers: readonly object[]) => [
  { kind: 'docker', socket: '/s', version: {}, info: {}, containers, networks: [] },
];
const container = (Id: string, Pid: number) => ({ Id, Name: `/${Id}`, State: { Status: 'running', Pid } });

/** A promise that is kept when told. */
const later = <T>(): { readonly promise: Promise<T>; readonly keep: (value: T) => void } => {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, keep: resolve };
};

describe('the stages', () => {
  test('begin with the wiring, while engines and rules are still silent', async () => {
    const [engines, rest] = [later<unknown>(), later<unknown>()];
    const host = fakeHost({
      netns: ({ parts }) => (parts.includes('links') ? [fakeNetns(1, [5], { links: [] })] : rest.promise),
      engines: () => engines.promise,
    });
    const stages: [number, number, Stage][] = [];
    const first = later<void>();
    const done = collectInStages(host, { containerFiles: false }, (snapshot, stage) => {
      stages.push([snapshot.netns.length, snapshot.engines.length, stage]);
      first.keep();
    });
    await first.promise;
    expect(stages).toEqual([[1, 0, { waitingFor: ['the engines', 'rules and sockets'] }]]);
    engines.keep(engineOf([container('c1', 5)]));
    rest.keep([fakeNetns(1, [5], { sysctls: {} })]);
    const last = await done;
    expect(stages.at(-1)).toEqual([1, 1, { waitingFor: [] }]);
    expect(last.netns[0]).toMatchObject({ links: [], sysctls: {} });
  });

  test('ask for what is wanted and for nothing else', async () => {
    const host = fakeHost({ netns: () => [fakeNetns(1)] });
    await collectInStages(host, { parts: ['links', 'addresses'], engine: 'none', containerFiles: false }, () => {});
    expect(host.asked).toEqual([
      { about: 'host' },
      { about: 'openVswitch' },
      { about: 'netns', parts: ['links', 'addresses'], search: 'full' },
    ]);
  });

  test('end with the files of containers that run', async () => {
    const host = fakeHost({
      netns: () => [fakeNetns(1, [5])],
      engines: () => engineOf([container('c1', 5), { Id: 'c2' }]),
      containerFiles: ({ containers }) => containers.map(({ fullId }) => ({ fullId, hosts: 'x' })),
    });
    const snapshot = await collectInStages(host, {}, () => {});
    expect(snapshot.engines[0]?.containers.map(({ files }) => files)).toEqual([{ hosts: 'x' }, undefined]);
  });

  test('tell every gap once', async () => {
    const gap = { source: 's', reason: 'slow', detail: 'd' };
    const host = fakeHost({
      host: () => ({ value: facts, gaps: [gap] }),
      netns: () => ({ value: [], gaps: [gap] }),
      engines: () => ({ gaps: [gap] }),
    });
    expect((await collectInStages(host, {}, () => {})).gaps).toEqual([gap]);
  });

  test('go on when nothing at all is answered', async () => {
    const nothing = () => ({ gaps: [] });
    const host = fakeHost({ host: nothing, netns: nothing, engines: nothing });
    expect(await collectInStages(host, {}, () => {})).toMatchObject({
      host: { hostname: 'h' },
      netns: [],
      engines: [],
    });
  });
});

describe('a container that ended between two answers', () => {
  const collectWith = (second: readonly object[]): Promise<Snapshot> =>
    collectInStages(
      fakeHost({
        netns: () => [fakeNetns(1, [5, 6])],
        engines: ({ only }) => engineOf(only === undefined ? [container('alive', 6), container('ended', 77)] : second),
      }),
      {},
      () => {},
    );

  test('is asked about once more, and is what the engine says now', async () => {
    const snapshot = await collectWith([{ Id: 'ended', Name: '/ended', State: { Status: 'exited', Pid: 0 } }]);
    expect(snapshot.engines[0]?.containers.map(({ name, state, pid }) => [name, state, pid])).toEqual([
      ['alive', 'running', 6],
      ['ended', 'exited', 0],
    ]);
    expect(snapshot.gaps).toEqual([]);
  });

  test('and was removed is gone', async () => {
    expect((await collectWith([])).engines[0]?.containers.map(({ name }) => name)).toEqual(['alive']);
  });

  test('or that we cannot see is a gap when the engine insists', async () => {
    const snapshot = await collectWith([container('ended', 77)]);
    expect(snapshot.gaps).toMatchObject([
      { source: '/proc/77', reason: 'vanished', detail: expect.stringContaining('ended') },
    ]);
  });
});
