import { expect, test } from 'vitest';
import type { CapturePoint } from '../../src/capture/capture-point.ts';
import type { CaptureNews } from '../../src/capture/capture-question.ts';
import { type CaptureRun, runCapture } from '../../src/capture/run-capture.ts';
import type { CaptureFile, WriteEnd } from '../../src/host/capture/capture-file.ts';
import type { CapturedPacket, CaptureEvent } from '../../src/host/capture/capture-order.ts';
import type { Host } from '../../src/host/host.ts';
import { hostId, linkId, netnsId } from '../../src/model/ids.ts';
import { fakeHost, fakeHostId } from '../support/fake-host.ts';
import { parseCapture } from '../support/read-capture.ts';

const netns = netnsId(fakeHostId, 4, 7);
const pointNamed = (name: string, ifindex: number): CapturePoint => ({
  name,
  link: linkId(netns, ifindex),
  host: fakeHostId,
  tap: { netns, ifindex, ifname: name },
  comment: `about ${name}`,
});
const points = [pointNamed('a', 1), pointNamed('b', 2)];

const packet = (tap: number, at: number, length = 4): CapturedPacket => ({
  tap,
  at: BigInt(at),
  length,
  bytes: new Uint8Array(length),
});
const packets = (...list: readonly CapturedPacket[]): CaptureEvent => ({ kind: 'packets', packets: list });
const ready = (tap: number): CaptureEvent => ({ kind: 'ready', tap, linkType: 1, reader: 'tcpdump' });

/** A host whose taps do as told; `stop` ends those that still run. */
const scriptedHost = (atStart: readonly CaptureEvent[], taps = points.length) => {
  let tell: (event: CaptureEvent) => void = () => {};
  const done = Promise.withResolvers<void>();
  const open = new Set(Array(taps).keys());
  const log: string[] = [];
  const say = (event: CaptureEvent): void => {
    if (event.kind === 'ended') open.delete(event.tap);
    tell(event);
    if (open.size === 0) done.resolve();
  };
  const host: Host = {
    ...fakeHost({}),
    capture: async (_, listener) => {
      tell = listener;
      for (const event of atStart) say(event);
      return {
        done: done.promise,
        stop: async () => {
          for (const tap of [...open]) say({ kind: 'ended', tap, counts: { received: 9, dropped: tap } });
        },
        pause: () => void log.push('pause'),
        resume: () => void log.push('resume'),
      };
    },
  };
  return { host, say, log };
};

/** Takes `room` bytes, then it is full. */
const memoryFile = (room = Number.POSITIVE_INFINITY) => {
  const blocks: Uint8Array[] = [];
  const log: string[] = [];
  const written = (): number => blocks.reduce((sum, block) => sum + block.length, 0);
  const file: CaptureFile = {
    path: '/f',
    written,
    write: async (bytes): Promise<WriteEnd | undefined> => {
      if (written() + bytes.length > room) return { why: 'disk-full', detail: 'no room' };
      blocks.push(bytes);
      return undefined;
    },
    close: async () => void log.push('close'),
    discard: async () => void log.push('discard'),
  };
  return { file, log, contents: () => parseCapture(Buffer.concat(blocks)) };
};

const start = async (host: Host, options: Partial<CaptureRun> = {}) => {
  const news: CaptureNews[] = [];
  const order = { snapLength: 96, promiscuous: false };
  const run: CaptureRun = { hosts: [host], points, order, limits: {}, section: { application: 'test' }, ...options };
  const running = await runCapture(run, (one) => news.push(one));
  const told = (): readonly number[] =>
    news.flatMap((one) => (one.kind === 'packets' ? one.packets.map(({ at }) => Number(at)) : []));
  return { running, news, told };
};

const begun = async (host: Host, options: Partial<CaptureRun> = {}) => {
  const started = await start(host, options);
  if ('error' in started.running) throw new Error(started.running.error);
  return { ...started, running: started.running };
};

test('packets of all points are told and written in order of time, with the counts of each', async () => {
  const { host, say } = scriptedHost([ready(0), packets(packet(0, 3)), ready(1)]);
  const { file, contents, log } = memoryFile();
  const { running, told } = await begun(host, { file });
  say(packets(packet(1, 1), packet(1, 5)));
  const last = await running.stop();
  expect(told()).toEqual([1, 3, 5]);
  expect(contents().packets.map(({ tap }) => tap)).toEqual([1, 0, 1]);
  expect(contents().interfaces).toMatchObject([
    { name: 'a', comment: 'about a', counts: { received: 9, dropped: 0 } },
    { name: 'b', comment: 'about b', counts: { received: 9, dropped: 1 } },
  ]);
  expect(last).toMatchObject({ packets: 3, end: { why: 'asked' }, points: [{ packets: 1 }, { packets: 2 }] });
  expect(log).toEqual(['close']);
});

test('nothing is told of what came after the limit', async () => {
  const { host, say } = scriptedHost([ready(0), ready(1)]);
  const { running, told } = await begun(host, { limits: { packets: 2 } });
  say(packets(packet(0, 1), packet(0, 2), packet(0, 3)));
  say(packets(packet(1, 4)));
  expect(await running.done).toMatchObject({ packets: 2, end: { why: 'packets' } });
  expect(told()).toEqual([1, 2]);
});

test('a full disk ends it, with a whole file', async () => {
  const { host, say } = scriptedHost([ready(0), ready(1)]);
  const { file, contents } = memoryFile(1000);
  const { running } = await begun(host, { file });
  for (let at = 1; at < 40; at++) say(packets(packet(0, at, 40), packet(1, at, 40)));
  say({ kind: 'ended', tap: 1 });
  expect(await running.done).toMatchObject({ end: { why: 'disk-full', detail: 'no room' } });
  expect(contents().rest).toBe(0);
});

test('one point that cannot be captured does not keep the others from it, and the file says why', async () => {
  const gap = { source: 'tcpdump on a', reason: 'vanished', detail: 'gone' } as const;
  const { host } = scriptedHost([{ kind: 'ended', tap: 0, gap }, ready(1)]);
  const { file, contents } = memoryFile();
  const { running } = await begun(host, { file });
  expect(running.state().points.map(({ phase }) => phase)).toEqual(['ended', 'running']);
  await running.stop();
  expect(contents().interfaces[0]?.comment).toBe('about a; not captured: gone');
});

test('where no point can be captured nothing is begun, and no file is left', async () => {
  const gap = { source: 'tcpdump on a', reason: 'forbidden', detail: 'no', howToSee: 'run as root' } as const;
  const { host } = scriptedHost([
    { kind: 'ended', tap: 0, gap },
    { kind: 'ended', tap: 1, gap },
  ]);
  const { file, log } = memoryFile();
  const { running } = await start(host, { file });
  expect(running).toEqual({ error: 'tcpdump on a: no', reason: 'forbidden', howToSee: 'run as root' });
  expect(log).toEqual(['discard']);
});

test('a host that cannot capture says so', async () => {
  const { running } = await start(fakeHost({}));
  expect(running).toMatchObject({ reason: 'unsupported' });
});

test('it ends when every point has ended by itself', async () => {
  const { host, say } = scriptedHost([ready(0), ready(1)]);
  const { running } = await begun(host);
  for (const tap of [0, 1]) say({ kind: 'ended', tap });
  expect((await running.done).end).toEqual({ why: 'points' });
});

test('while the disk is slow nothing more is read, until it has caught up', async () => {
  const { host, say, log } = scriptedHost([ready(0), ready(1)]);
  const writes: (() => void)[] = [];
  const { file } = memoryFile();
  const slow: CaptureFile = {
    ...file,
    write: () => new Promise((resolve) => writes.push(() => resolve(undefined))),
  };
  const { running } = await begun(host, { file: slow });
  say({ kind: 'ended', tap: 1 });
  for (let at = 0; at < 10; at++) say(packets(packet(0, at, 1024 * 1024)));
  expect(log).toEqual(['pause']);
  for (const write of writes) write();
  await new Promise((settled) => setImmediate(settled));
  expect(log).toEqual(['pause', 'resume']);
  const stopped = running.stop();
  const writer = setInterval(() => {
    for (const write of writes) write();
  }, 1);
  await stopped;
  clearInterval(writer);
});

/** The same taps on a host of another name. */
const onHosts = (...names: readonly string[]) =>
  names.map((name, n) => ({ ...pointNamed(name, n + 1), host: hostId(name) }));

test('points on several hosts are one capture, in which each host knows its own taps alone', async () => {
  const [a, b] = [scriptedHost([ready(0)], 1), scriptedHost([ready(0)], 1)];
  const hosts = [
    { ...a.host, id: hostId('a') },
    { ...b.host, id: hostId('b') },
  ];
  const { running, told, news } = await begun(hosts[0]!, { hosts, points: onHosts('a', 'b') });
  b.say(packets(packet(0, 20)));
  a.say(packets(packet(0, 10)));
  const last = await running.stop();
  expect(told()).toEqual([10, 20]);
  expect(news.flatMap((one) => (one.kind === 'packets' ? one.packets.map(({ tap }) => tap) : []))).toEqual([0, 1]);
  expect(last.points.map(({ packets: count, counts }) => [count, counts?.received])).toEqual([
    [1, 9],
    [1, 9],
  ]);
});

test('a host that refuses ends its points with the reason, and the capture only where all do', async () => {
  const b = scriptedHost([ready(0)], 1);
  const refusing: Host = {
    ...fakeHost({}),
    id: hostId('a'),
    capture: async () => ({ error: 'tcpdump is not installed there', reason: 'missing' }),
  };
  const hosts = [refusing, { ...b.host, id: hostId('b') }];
  const { running } = await begun(refusing, { hosts, points: onHosts('a', 'b') });
  const { points: ended } = await running.stop();
  expect(ended[0]).toMatchObject({
    phase: 'ended',
    gap: { source: 'capture on a', reason: 'missing', detail: 'tcpdump is not installed there' },
  });
  expect(ended[1]?.gap).toBeUndefined();
  const alone = await start(refusing, { hosts, points: onHosts('a') });
  expect(alone.running).toEqual({ error: 'tcpdump is not installed there', reason: 'missing' });
});

test("the file says how another machine's clock stood to ours", async () => {
  const clock = { aheadMs: -3200.5, withinMs: 51, moved: true };
  const { host } = scriptedHost([{ kind: 'ready', tap: 0, linkType: 1, reader: 'tcpdump', clock }, ready(1)]);
  const { file, contents } = memoryFile();
  const { running } = await begun(host, { file });
  await running.stop();
  expect(contents().interfaces.map(({ comment }) => comment)).toEqual([
    'about a; its clock was 3.200 s behind the clock of who captured: times were moved by that, right to 51.0 ms',
    'about b',
  ]);
});
