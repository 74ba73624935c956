import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { openLocalHost } from '../../src/host/local-host.ts';
import { createSession, type Measurement, type Session } from '../../src/session.ts';
import { requires } from '../support/requires.ts';
import { buildLiveNetwork, inNetns, type LiveNetwork } from './live-network.ts';

const { test } = requires('root', 'tool:ip', 'tool:nft', 'tool:nsenter', 'tool:ping', 'kernel:veth', 'kernel:nft');

let net: LiveNetwork;
let session: Session;

beforeAll(async () => {
  net = await buildLiveNetwork(`vs-measure-${process.pid}-`);
  session = createSession([await openLocalHost()], { engine: 'none' });
}, 60_000);
afterAll(async () => {
  await session?.close();
  net?.remove();
});
afterEach(() => {
  inNetns(net.router, ['nft', 'flush', 'ruleset']);
  for (const [name, link] of [
    [net.router, 'v2'],
    [net.server, 'v0'],
  ] as const)
    inNetns(name, ['ip', 'link', 'set', link, 'mtu', '1500']);
  inNetns(net.client, ['ip', 'route', 'flush', 'cache']);
});

const measure = async (): Promise<Measurement> => {
  await session.start({ follow: false });
  const told: string[] = [];
  const answer = await session.measure(
    { from: `netns:${net.client}`, to: '10.91.2.2', count: 4, throughputS: 0 },
    (what) => told.push(what),
  );
  expect(told[0]).toMatch(/^4 echoes .* to 10\.91\.2\.2/);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

/** The last link is smaller than the first. */
const narrow = (): void => {
  inNetns(net.router, ['ip', 'link', 'set', 'v2', 'mtu', '1400']);
  inNetns(net.server, ['ip', 'link', 'set', 'v0', 'mtu', '1400']);
};

describe('a measured path', () => {
  test('has its round trips, its largest packet, and the time between its points', async () => {
    const found = await measure();
    expect(found).toMatchObject({ address: '10.91.2.2', expected: 'delivered', sent: 4, received: 4 });
    expect(found.roundTrips?.medianMs).toBeGreaterThan(0);
    expect(found.pathMtu).toEqual({ mtu: 1500, limit: 1500, blackHole: false });
    expect(new Set(found.segments.map(({ direction }) => direction))).toEqual(new Set(['request', 'reply']));
    expect(found.gaps).toEqual([]);
  });

  test('tells who said that packets were too large', async () => {
    narrow();
    const { pathMtu } = await measure();
    expect(pathMtu).toMatchObject({ mtu: 1400, limit: 1500, blackHole: false });
    expect(pathMtu?.toldBy).toMatch(/1400/);
  });

  test('on which nobody tells is a black hole', async () => {
    narrow();
    inNetns(net.router, [
      'nft',
      'add table ip eat; add chain ip eat out { type filter hook output priority 0; }; add rule ip eat out icmp type destination-unreachable drop',
    ]);
    const { pathMtu } = await measure();
    expect(pathMtu).toMatchObject({ mtu: 1400, blackHole: true });
  });

  test('that swallows everything has no round trips and no largest packet', async () => {
    inNetns(net.router, [
      'nft',
      'add table ip eat; add chain ip eat through { type filter hook forward priority 0; policy drop; }',
    ]);
    const found = await measure();
    expect(found).toMatchObject({ expected: 'dropped', sent: 4, received: 0 });
    expect(found.roundTrips).toBeUndefined();
    expect(found.pathMtu).toBeUndefined();
  });
});
