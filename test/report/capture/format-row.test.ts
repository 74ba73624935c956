import { describe, expect, test } from 'vitest';
import { createAnalysis } from '../../../src/capture/create-analysis.ts';
import type { CapturedPacket } from '../../../src/host/capture/capture-order.ts';
import { formatFlows, formatLosses, formatQuantity, formatTalkers } from '../../../src/report/capture/format-flows.ts';
import { formatDelay, formatRow } from '../../../src/report/capture/format-row.ts';
import type { TextStyle } from '../../../src/report/format-table.ts';
import { moment, points, seen, traceOf } from '../../capture/matching.ts';
import { tcpFrame } from '../../capture/packets.ts';

const style: TextStyle = { color: false, ascii: false };
const ascii: TextStyle = { color: false, ascii: true };

const syn = { seq: 7000, sport: 41_000 };
const near = tcpFrame({ src: '10.1.0.2', dst: '10.1.0.1', id: 9 }, { ...syn, dport: 8080 });
const far = tcpFrame({ src: '10.2.0.1', dst: '10.2.0.2', id: 9, ttl: 63 }, { ...syn, dport: 80 });
const trace = traceOf({
  near: ['10.1.0.2', '10.1.0.1', 8080],
  far: ['10.2.0.1', '10.2.0.2', 80],
  droppedBy: 'filter FORWARD rule 3: -j DROP',
});
const names = new Map([
  ['10.1.0.2', 'client'],
  ['10.2.0.2', 'server'],
]);

const analyse = (packets: readonly CapturedPacket[], until = 5000) => {
  const analysis = createAnalysis(points, { trace, nameOf: (address) => names.get(address) });
  const states = points.map((point) => ({ point, phase: 'running', linkType: 1, packets: 0 }) as const);
  analysis.feed({ kind: 'state', state: { points: states, packets: 0 } });
  analysis.feed({ kind: 'packets', packets });
  analysis.settle(moment(until));
  return analysis;
};

const passing = [seen(0, 0, near), seen(1, 0.012, near), seen(2, 0.05, far), seen(3, 0.06, far)];

/** Without its time, which depends on the zone. */
const lineOf = (packets: readonly CapturedPacket[], where = style, withNames = true): string => {
  const analysis = analyse(packets);
  const row = analysis.rows()[0]!;
  return formatRow(row, analysis.text(row, withNames), points.length, where).slice('00:00:00.000000  '.length);
};

describe('a matched packet in one line', () => {
  test('has a mark for each point, with the delay and the sign of translation', () => {
    expect(lineOf(passing)).toBe(
      '●       12us    ⇝50us   60us     client:41000 → 10.1.0.1:8080 TCP [S] seq 0 win 64240 len 0',
    );
    expect(lineOf(passing, ascii, false)).toBe(
      'o       12us    *50us   60us     10.1.0.2:41000 > 10.1.0.1:8080 TCP [S] seq 0 win 64240 len 0',
    );
  });

  test('has a cross where it was missed first, and what the model says of it', () => {
    expect(lineOf(passing.slice(0, 2))).toBe(
      '●       12us    ✗       ·        client:41000 → 10.1.0.1:8080 TCP [S] seq 0 win 64240 len 0  ' +
        'lost: last seen at router/v1, not seen at router/v2: router FORWARD: filter FORWARD rule 3: -j DROP',
    );
  });

  test('is cut to the terminal', () => {
    expect(lineOf(passing, { ...style, width: 60 })).toBe('●       12us    ⇝50us   60us     client:410');
  });

  test.each([
    [12_400n, '12us'],
    [3_400_000n, '3.4ms'],
    [250_000_000n, '250ms'],
    [1_200_000_000n, '1.2s'],
  ])('%s nanoseconds are %s', (delay, shown) => {
    expect(formatDelay(delay)).toBe(shown);
  });
});

describe('tables', () => {
  test('flows, with names and what went wrong', () => {
    const again = tcpFrame({ src: '10.1.0.2', dst: '10.1.0.1', id: 10 }, { ...syn, dport: 8080 });
    const analysis = analyse([...passing, seen(0, 1000, again)]);
    expect(formatFlows(analysis.flows(moment(60_000)), { nameOf: analysis.nameOf, style, limit: 10 })).toBe(
      [
        'PROTO  FROM          TO             STATE     PACKETS  BYTES  TROUBLE',
        'tcp    client:41000  10.1.0.1:8080  syn-sent      2/0   80/0  1 retransmitted',
        '',
      ].join('\n'),
    );
    expect(formatTalkers(analysis.talkers(moment(60_000)), { nameOf: analysis.nameOf, style, limit: 10 })).toBe(
      [
        'ADDRESS   NAME    SENT  RECEIVED  PACKETS  FLOWS',
        '10.1.0.2  client    80         0        2      1',
        '10.1.0.1  -          0        80        2      1',
        '',
      ].join('\n'),
    );
    const talkers = analysis.talkers(moment(60_000));
    expect(formatTalkers(talkers, { nameOf: analysis.nameOf, style, limit: 1 })).toContain('and 1 more\n');
    expect(formatTalkers([], { nameOf: analysis.nameOf, style, limit: 1 })).toBe('');
  });

  test('losses as sentences', () => {
    expect(formatLosses(analyse(passing.slice(0, 2)).losses(), style)).toBe(
      '✗ 10.1.0.2:41000 → 10.1.0.1:8080 tcp: the packet last seen at router/v1, not seen at router/v2: router FORWARD: filter FORWARD rule 3: -j DROP\n',
    );
  });

  test('nothing came back only once an answer had the time to come', () => {
    expect(formatLosses(analyse(passing).losses(), style)).toContain('nothing came back');
    expect(formatLosses(analyse(passing, 500).losses(), style)).not.toContain('nothing came back');
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0K'],
    [12_345, '12K'],
    [999_999, '1.0M'],
    [2.5e9, '2.5G'],
  ])('%d is %s', (value, shown) => {
    expect(formatQuantity(value)).toBe(shown);
  });
});

describe('the display filter of an analysis', () => {
  test.each([
    ['host client', 1],
    ['port 80 lost', 0],
    ['snat', 1],
    ['at server', 1],
    ['syn flow 1', 1],
    ['client:41000', 1],
    ['udp', 0],
  ])('%s: %d', (filter, count) => {
    const analysis = analyse(passing);
    const test_ = analysis.filter(filter);
    if (typeof test_ !== 'function') throw new Error(test_.error);
    expect(analysis.rows().filter(test_)).toHaveLength(count);
  });

  test('free text looks at what is shown', () => {
    const found = analyse(passing).filter('client:41000', { names: false });
    expect(typeof found === 'function' && analyse(passing).rows().filter(found)).toEqual([]);
  });
});
