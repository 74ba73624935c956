import { expect, test } from 'vitest';
import { connectionIsOfFlow, directionIn, dropIsOfFlow } from '../../../src/host/live/flow-match.ts';
import type { SeenPacket } from '../../../src/host/live/live-order.ts';
import type { DropEvent, FlowOrder } from '../../../src/host/live/watch-order.ts';
import type { NetnsId } from '../../../src/model/ids.ts';

/** As a masqueraded flow looks before and after. */
const flow: FlowOrder = {
  tuples: [
    { family: 4, proto: 6, src: '172.17.0.2', dst: '203.0.113.80', dport: 443 },
    { family: 4, proto: 6, src: '192.0.2.1', dst: '203.0.113.80', dport: 443 },
  ],
  neighbours: ['172.17.0.2', '172.17.0.1'],
};
const packet = (changed: Partial<SeenPacket>): SeenPacket => ({
  family: 4,
  proto: 6,
  src: '172.17.0.2',
  dst: '203.0.113.80',
  sport: 40_000,
  dport: 443,
  ttl: 64,
  ...changed,
});
const drop = (changed: Partial<DropEvent>): DropEvent => ({
  location: 'x',
  protocol: 0x800,
  length: 60,
  count: 1,
  ...changed,
});

test.each([
  ['there', {}, 'request'],
  ['there, translated', { src: '192.0.2.1' }, 'request'],
  ['back', { src: '203.0.113.80', dst: '192.0.2.1', sport: 443, dport: 40_000 }, 'reply'],
  ['to another port', { dport: 80 }, undefined],
  ['of another protocol', { proto: 17 }, undefined],
  ['of somebody else', { src: '172.17.0.3' }, undefined],
] as const)('a packet %s', (_name, changed, direction) => {
  expect(directionIn(flow, packet(changed))).toBe(direction);
});

test('a fragment without ports counts as one of the flow', () => {
  const { sport: _sport, dport: _dport, ...fragment } = packet({});
  expect(dropIsOfFlow(flow, drop({ packet: fragment }))).toBe(true);
});

test("a router's error belongs to the flow it is about", () => {
  const error = packet({ src: '198.51.100.1', dst: '172.17.0.2', proto: 1 });
  expect(dropIsOfFlow(flow, drop({ packet: error, about: packet({}) }))).toBe(true);
  expect(dropIsOfFlow(flow, drop({ packet: error, about: packet({ dport: 80 }) }))).toBe(false);
});

test('an ARP request belongs to it when both ends are on its way', () => {
  expect(dropIsOfFlow(flow, drop({ arp: { asks: '172.17.0.2', target: '172.17.0.1' } }))).toBe(true);
  expect(dropIsOfFlow(flow, drop({ arp: { asks: '172.17.0.2', target: '172.17.0.9' } }))).toBe(false);
});

test('a connection belongs to it by how it began or by how answers look', () => {
  const reply = { family: 4, proto: 6, src: '203.0.113.80', dst: '192.0.2.1', sport: 443, dport: 61_000 } as const;
  const original = { family: 4, proto: 6, src: '10.0.0.1', dst: '10.0.0.2', sport: 1, dport: 2 } as const;
  const event = { netns: 'n' as NetnsId, what: 'new', replied: false, assured: false } as const;
  expect(connectionIsOfFlow(flow, { ...event, original, reply })).toBe(true);
  expect(connectionIsOfFlow(flow, { ...event, original, reply: original })).toBe(false);
});
