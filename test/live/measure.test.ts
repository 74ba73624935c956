import { describe, expect, test } from 'vitest';
import { findPathMtu } from '../../src/live/measure/find-path-mtu.ts';
import { parseIperf } from '../../src/live/measure/parse-iperf.ts';
import { type PingReport, parsePing, roundTrips } from '../../src/live/measure/parse-ping.ts';
import { segmentTimes } from '../../src/live/measure/segment-times.ts';

describe('what ping printed', () => {
  test('by iputils', () => {
    const report = parsePing(
      'PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n64 bytes from 10.0.0.2: icmp_seq=1 ttl=63 time=0.045 ms\n64 bytes from 10.0.0.2: icmp_seq=3 ttl=63 time=1.20 ms\n\n--- 10.0.0.2 ping statistics ---\n3 packets transmitted, 2 received, 33.3333% packet loss, time 402ms\nrtt min/avg/max/mdev = 0.045/0.622/1.200/0.577 ms\n',
    );
    expect(report).toEqual({ sent: 3, received: 2, times: [0.045, 1.2] });
    expect(roundTrips(report.times)).toEqual({ minMs: 0.045, medianMs: 1.2, maxMs: 1.2 });
    expect(roundTrips([])).toBeUndefined();
  });

  test('by busybox', () => {
    expect(
      parsePing(
        'PING 10.0.0.2 (10.0.0.2): 56 data bytes\n64 bytes from 10.0.0.2: seq=0 ttl=64 time=0.101 ms\n\n--- 10.0.0.2 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\n',
      ),
    ).toEqual({ sent: 1, received: 1, times: [0.101] });
  });

  test.each([
    [
      'From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)',
      1400,
      '10.0.0.1: Frag needed and DF set (mtu = 1400)',
    ],
    ['ping: sendmsg: Message too long', undefined, 'ping: sendmsg: Message too long'],
    ['ping: local error: message too long, mtu=1450', 1450, 'ping: local error: message too long, mtu=1450'],
    ['From 10.0.0.1 icmp_seq=1 Packet filtered', undefined, '10.0.0.1: Packet filtered'],
  ])('%s', (line, mtu, refusal) => {
    const report = parsePing(`${line}\n1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n`);
    expect(report).toMatchObject({ sent: 1, received: 0, refusal });
    expect(report.mtu).toBe(mtu);
  });
});

describe('the largest packet', () => {
  /** A path that answers up to `through` bytes, and tells of the limit or not. */
  const path =
    (through: number, tells: boolean, asked: number[] = []) =>
    async (bytes: number): Promise<PingReport> => {
      asked.push(bytes);
      if (bytes <= through) return { sent: 1, received: 1, times: [1] };
      return { sent: 1, received: 0, times: [], ...(tells ? { mtu: through, refusal: `r: mtu = ${through}` } : {}) };
    };

  test('is the link’s own where that passes', async () => {
    expect(await findPathMtu(4, 1500, path(9000, true))).toEqual({ mtu: 1500, limit: 1500, blackHole: false });
  });

  test('is found in a few echoes where a router tells', async () => {
    const asked: number[] = [];
    expect(await findPathMtu(4, 1500, path(1400, true, asked))).toEqual({
      mtu: 1400,
      limit: 1500,
      blackHole: false,
      toldBy: 'r: mtu = 1400',
    });
    expect(asked.length).toBeLessThan(6);
  });

  test('is found by halving where nobody tells, and that is said', async () => {
    const asked: number[] = [];
    expect(await findPathMtu(4, 1500, path(1422, false, asked))).toEqual({ mtu: 1422, limit: 1500, blackHole: true });
    expect(asked.length).toBeLessThan(20);
  });

  test('is unknown where not even the smallest is answered', async () => {
    expect(await findPathMtu(6, 1500, path(100, false))).toBeUndefined();
  });
});

test('where time is spent is told slowest first, there and back', () => {
  const row = (direction: 'request' | 'reply', ...sightings: readonly (readonly [number, number])[]) => ({
    direction,
    sightings: sightings.map(([point, us]) => ({ point, at: BigInt(us) * 1000n })),
  });
  expect(
    segmentTimes(
      [
        row('request', [0, 0], [1, 5], [2, 205]),
        row('request', [0, 0], [1, 7], [2, 207]),
        row('reply', [2, 300], [1, 310], [0, 311]),
        {
          sightings: [
            { point: 0, at: 0n },
            { point: 1, at: 9n },
          ],
        },
      ],
      ['web/eth0', 'br', 'db/eth0'],
    ),
  ).toEqual([
    { from: 'br', to: 'db/eth0', direction: 'request', medianUs: 200, packets: 2 },
    { from: 'db/eth0', to: 'br', direction: 'reply', medianUs: 10, packets: 1 },
    { from: 'web/eth0', to: 'br', direction: 'request', medianUs: 7, packets: 2 },
    { from: 'br', to: 'web/eth0', direction: 'reply', medianUs: 1, packets: 1 },
  ]);
});

test('throughput is what the receiver counted', () => {
  const json = { end: { sum_sent: { bits_per_second: 9, retransmits: 2 }, sum_received: { bits_per_second: 8e9 } } };
  expect(parseIperf(JSON.stringify(json), 3)).toEqual({ bitsPerSecond: 8e9, retransmits: 2, seconds: 3 });
  expect(parseIperf('{"error":"unable to connect"}', 3)).toEqual({ error: 'unable to connect' });
  expect(parseIperf('oops', 3)).toEqual({ error: 'iperf3 printed no JSON: oops' });
});
