import { expect, test } from 'vitest';
import type { RuleEvent, SeenPacket } from '../../../src/host/live/live-order.ts';
import type { DropEvent } from '../../../src/host/live/watch-order.ts';
import { createJourneys } from '../../../src/live/watch/journeys.ts';
import type { NetnsId } from '../../../src/model/ids.ts';

const [client, router] = ['client' as NetnsId, 'router' as NetnsId];
const flow = {
  tuples: [{ family: 4, proto: 6, src: '10.0.0.2', dst: '10.9.0.2', dport: 80 }],
  neighbours: [],
} as const;

const syn = (fingerprint: string, changed: Partial<SeenPacket> = {}): SeenPacket => ({
  family: 4,
  src: '10.0.0.2',
  dst: '10.9.0.2',
  proto: 6,
  ttl: 64,
  sport: 40_000,
  dport: 80,
  flags: 2,
  fingerprint,
  ...changed,
});
const event = (netns: NetnsId, chain: string, packet?: SeenPacket, changed: Partial<RuleEvent> = {}): RuleEvent => ({
  netns,
  id: 1,
  family: 'ip',
  table: 'vethscope_live_1',
  chain,
  type: 'policy',
  verdict: 'accept',
  ...(packet === undefined ? {} : { packet }),
  ...changed,
});
const drop = (packet: SeenPacket): DropEvent => ({
  reason: 'NEIGH_FAILED',
  location: 'neigh_invalidate',
  protocol: 0x800,
  length: 60,
  packet,
  count: 1,
});

test('a packet is one journey over all its netns, and told when nothing more comes', () => {
  const journeys = createJourneys(flow);
  journeys.addRules(1000, [event(client, 'output', syn('a')), event(router, 'prerouting', syn('a', { ttl: 63 }))]);
  expect(journeys.takeRested(1200, false)).toEqual([]);
  const [journey, ...others] = journeys.takeRested(2000, false);
  expect(others).toEqual([]);
  expect(journey?.events.map(({ netns, chain }) => `${netns} ${chain}`)).toEqual([
    'client output',
    'router prerouting',
  ]);
});

test('messages without headers belong to the last packet of their id', () => {
  const journeys = createJourneys(flow);
  const filter = { table: 'filter', type: 'rule', handle: 7, verdict: 'drop' } as const;
  journeys.addRules(1000, [
    event(router, 'prerouting', syn('a')),
    event(router, 'FORWARD', syn('a'), { ...filter, verdict: 'jump' }),
    event(router, 'MINE', undefined, filter),
    event(router, 'FORWARD', syn('z', { dst: '192.0.2.1' }), { table: 'filter' }),
    event(router, 'MINE', undefined, filter),
  ]);
  const [journey] = journeys.takeRested(1000, true);
  expect(journey?.events.map(({ chain, base }) => `${chain} in ${base}`)).toEqual([
    'prerouting in prerouting',
    'FORWARD in FORWARD',
    'MINE in FORWARD',
  ]);
});

test('the same packet at the same door again is another one', () => {
  const journeys = createJourneys(flow);
  journeys.addRules(1000, [event(client, 'output', syn('a'))]);
  journeys.addRules(1100, [event(client, 'output', syn('a'))]);
  expect(journeys.takeRested(1200, true)).toHaveLength(2);
});

test('a drop ends its packet, also when that was told already', () => {
  const journeys = createJourneys(flow);
  journeys.addRules(1000, [event(client, 'output', syn('a')), event(client, 'output', syn('b'))]);
  expect(journeys.addDrop(1050, drop(syn('a')))).toMatchObject({ late: false });
  expect(journeys.takeRested(3000, false).map((one) => one.drop?.reason)).toEqual(['NEIGH_FAILED', undefined]);
  expect(journeys.addDrop(4000, drop(syn('b')))).toMatchObject({ late: true });
  expect(journeys.addDrop(4000, drop(syn('b')))).toBeUndefined();
  expect(journeys.addDrop(4000, drop(syn('c')))).toBeUndefined();
});
