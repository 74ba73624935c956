import { describe, expect, test } from 'vitest';
import { readHeaders } from '../../../src/capture/decode/read-headers.ts';
import { createFlowTable } from '../../../src/capture/flows/create-flow-table.ts';
import { moment } from '../matching.ts';
import { clientHello, dnsQuery, type Tcp, tcpFrame, text, udpFrame } from '../packets.ts';

const client = '10.1.0.2';
const server = '10.2.0.2';

/** Milliseconds, the sender, the header, the payload. */
type Sent = readonly [ms: number, from: 'client' | 'server', header: Tcp, payload?: Uint8Array];

const play = (sent: readonly Sent[]) => {
  const table = createFlowTable();
  const marks = sent.map(([ms, from, header, payload], n) => {
    const bytes =
      from === 'client'
        ? tcpFrame({ src: client, dst: server, id: n }, { sport: 40_000, dport: 80, ...header }, payload)
        : tcpFrame({ src: server, dst: client, id: n }, { sport: 80, dport: 40_000, ...header }, payload);
    return table.add({ headers: readHeaders(bytes, 1), bytes, linkType: 1, length: bytes.length, at: moment(ms) })
      .marks;
  });
  return { table, marks, flow: table.flows(moment(sent.at(-1)?.[0] ?? 0))[0] };
};

const shake: readonly Sent[] = [
  [0, 'client', { seq: 100, flags: 'S' }],
  [1, 'server', { seq: 900, ack: 101, flags: 'S.' }],
  [3, 'client', { seq: 101, ack: 901, flags: '.' }],
];
const bytes = (length: number): Uint8Array => text('x'.repeat(length));
const data = (ms: number, seq: number, length = 1000): Sent => [
  ms,
  'client',
  { seq, ack: 901, flags: '.' },
  bytes(length),
];

describe('a TCP connection', () => {
  test.each([
    ['syn-sent', shake.slice(0, 1)],
    ['syn-received', shake.slice(0, 2)],
    ['established', shake],
    ['mid-stream', [data(0, 5000)]],
    ['reset', [...shake, [4, 'server', { seq: 901, flags: 'R' }]]],
    ['closing', [...shake, [4, 'client', { seq: 101, ack: 901, flags: 'F.' }]]],
    [
      'closed',
      [
        ...shake,
        [4, 'client', { seq: 101, ack: 901, flags: 'F.' }],
        [5, 'server', { seq: 901, ack: 102, flags: 'F.' }],
        [6, 'client', { seq: 102, ack: 902, flags: '.' }],
      ],
    ],
  ] as const)('is %s', (state, sent) => {
    expect(play(sent).flow?.state).toBe(state);
  });

  test('has the time its handshake took, and who asked, though the answer was seen first', () => {
    expect(play(shake).flow).toMatchObject({
      handshakeMs: 3,
      from: { address: client, port: 40_000 },
      to: { address: server, port: 80 },
      forward: { packets: 2, bytes: 80 },
      back: { packets: 1, bytes: 40 },
    });
    expect(play(shake.slice(1)).flow).toMatchObject({ from: { address: client }, to: { address: server } });
  });

  test.each([
    ['in order', [data(4, 101), data(5, 1101)], [[], []]],
    ['sent again', [data(4, 101), data(300, 101)], [[], ['retransmission']]],
    ['late by reordering', [data(4, 101), data(5, 2101), data(5.5, 1101)], [[], ['gap before'], ['out of order']]],
    ['lost and sent again', [data(4, 101), data(5, 2101), data(250, 1101)], [[], ['gap before'], ['retransmission']]],
    ['a keep-alive', [data(4, 101), [5000, 'client', { seq: 1100, ack: 901, flags: '.' }]], [[], ['keep-alive']]],
    ['a closed window', [[4, 'server', { seq: 901, ack: 101, flags: '.', window: 0 }]], [['zero window']]],
    [
      'acknowledged again and again while something is missing',
      [
        data(4, 101),
        data(5, 2101),
        [6, 'server', { seq: 901, ack: 1101, flags: '.' }],
        [7, 'server', { seq: 901, ack: 1101, flags: '.' }],
      ],
      [[], ['gap before'], [], ['duplicate ack']],
    ],
  ] as readonly (readonly [string, readonly Sent[], readonly (readonly string[])[]])[])(
    'notices what is %s',
    (_, sent, expected) => {
      expect(play([...shake, ...sent]).marks.slice(3)).toEqual(expected);
    },
  );

  test('sends its SYN again: a retransmission, and the time of the handshake begins with the first', () => {
    const { flow, marks } = play([
      shake[0]!,
      [1000, 'client', { seq: 100, flags: 'S' }],
      [1001, 'server', { seq: 900, ack: 101, flags: 'S.' }],
      [1003, 'client', { seq: 101, ack: 901, flags: '.' }],
    ]);
    expect(marks[1]).toEqual(['retransmission']);
    expect(flow).toMatchObject({ handshakeMs: 1003, forward: { retransmissions: 1 } });
  });

  test('with the same ports as one before it is watched anew', () => {
    const again: Sent = [60_000, 'client', { seq: 50, flags: 'S' }];
    expect(play([...shake, data(4, 101), again]).marks.at(-1)).toEqual([]);
  });
});

describe('the table', () => {
  test('names what a connection is about, from its first bytes', () => {
    const { flow } = play([...shake, [4, 'client', { seq: 101, ack: 901, flags: 'P.' }, clientHello('api.example')]]);
    expect(flow?.label).toBe('api.example');
    const table = createFlowTable();
    const query = udpFrame({ src: client, dst: server }, 40_000, 53, dnsQuery(1, 'db.app'));
    table.add({ headers: readHeaders(query, 1), bytes: query, linkType: 1, length: query.length, at: moment(0) });
    expect(table.flows(moment(0))[0]?.label).toBe('A db.app');
  });

  test('has rates that come near what is sent, and fade when nothing is', () => {
    const table = createFlowTable();
    const packet = udpFrame({ src: client, dst: server }, 1, 2, bytes(972));
    for (let ms = 0; ms < 20_000; ms += 10)
      table.add({ headers: readHeaders(packet, 1), bytes: packet, linkType: 1, length: packet.length, at: moment(ms) });
    const rate = table.flows(moment(20_000))[0]?.rate;
    expect(rate?.packetsPerSecond).toBeGreaterThan(98);
    expect(rate?.packetsPerSecond).toBeLessThan(102);
    expect(rate?.bytesPerSecond).toBeGreaterThan(98_000);
    expect(table.flows(moment(60_000))[0]?.rate.packetsPerSecond).toBeLessThan(0.001);
  });

  test('counts for each address what it sent and received', () => {
    const { table } = play([...shake, data(4, 101)]);
    expect(table.talkers(moment(4)).find(({ address }) => address === client)).toMatchObject({
      sent: { packets: 3, bytes: 1120 },
      received: { packets: 1, bytes: 40 },
      flows: 1,
    });
  });

  test('keeps within its limit: the flow silent longest goes, and is counted', () => {
    const table = createFlowTable({ limit: 10 });
    for (let n = 0; n < 100; n++) {
      const packet = udpFrame({ src: client, dst: `10.3.0.${n}` }, 1, 2, bytes(10));
      table.add({ headers: readHeaders(packet, 1), bytes: packet, linkType: 1, length: packet.length, at: moment(n) });
    }
    expect(table.flows(moment(100)).map(({ to }) => to.address)).toEqual(
      Array.from({ length: 10 }, (_, n) => `10.3.0.${90 + n}`),
    );
    expect(table.talkers(moment(100))).toHaveLength(10);
    expect(table.forgotten()).toBe(90);
  });
});
