import { expect, test } from 'vitest';
import type { ProbeRecord, RuleEvent, SeenPacket } from '../../src/host/live/live-order.ts';
import { selectFlow } from '../../src/live/select-flow.ts';
import type { NetnsId } from '../../src/model/ids.ts';

const [client, router] = ['client' as NetnsId, 'router' as NetnsId];

const syn: SeenPacket = {
  family: 4,
  src: '10.0.0.2',
  dst: '10.0.0.1',
  proto: 6,
  ttl: 64,
  sport: 40_000,
  dport: 80,
  seq: 7,
  ack: 0,
  flags: 2,
};
const event = (netns: NetnsId, chain: string, packet?: SeenPacket, more: Partial<RuleEvent> = {}): RuleEvent => ({
  netns,
  id: 1,
  family: 'ip',
  table: 'vethscope_live_1',
  chain,
  type: 'policy',
  verdict: 'accept',
  ...(packet === undefined ? {} : { packet }),
  ...more,
});
const record = (events: readonly RuleEvent[]): ProbeRecord => ({
  sport: 40_000,
  end: { end: 'silent' },
  tookMs: 1,
  events,
  traced: [client, router],
  handles: {},
  grown: [],
  gaps: [],
});
const told = (events: readonly RuleEvent[]) =>
  selectFlow(record(events), client).map(({ netns, chain, direction }) => `${netns} ${chain} ${direction}`);

test('a segment is followed through NAT by its sequence number', () => {
  const translated = { ...syn, src: '192.0.2.1', sport: 61_000, dst: '172.17.0.2' };
  expect(told([event(client, 'output', syn), event(router, 'postrouting', translated)])).toEqual([
    'client output request',
    'router postrouting request',
  ]);
});

test('the answer is the segment that acknowledges the first', () => {
  const answer: SeenPacket = { ...syn, sport: 80, dport: 40_000, seq: 99, ack: 8, flags: 18 };
  expect(told([event(client, 'output', syn), event(client, 'prerouting', answer)])).toEqual([
    'client output request',
    'client prerouting reply',
  ]);
});

test('another flow of the same port is left out', () => {
  expect(told([event(client, 'output', syn), event(router, 'prerouting', { ...syn, seq: 8 })])).toEqual([
    'client output request',
  ]);
});

test('a retransmission is not told again', () => {
  expect(told([event(client, 'output', syn), event(client, 'output', syn, { id: 2 })])).toEqual([
    'client output request',
  ]);
});

test('messages without a packet belong to the base chain before them', () => {
  const rules = { table: 'filter', type: 'rule', handle: 3 } as const;
  const flow = selectFlow(
    record([
      event(client, 'output', syn),
      event(router, 'FORWARD', syn, { ...rules, verdict: 'jump', target: 'MINE' }),
      event(router, 'MINE', undefined, { ...rules, handle: 4, verdict: 'drop' }),
    ]),
    client,
  );
  expect(flow.at(-1)).toMatchObject({
    chain: 'MINE',
    base: 'FORWARD',
    direction: 'request',
    opens: false,
    packet: syn,
  });
});
