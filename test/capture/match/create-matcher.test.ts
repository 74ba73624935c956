import { describe, expect, test } from 'vitest';
import { createMatcher } from '../../../src/capture/match/create-matcher.ts';
import type { MatchedRow } from '../../../src/capture/match/sighting.ts';
import { match, moment, pathOf, points, ready, seen, traceOf } from '../matching.ts';
import {
  arp,
  dnsQuery,
  echo,
  ethernet,
  icmp,
  icmpFrame,
  ipv4,
  tcp,
  tcpFrame,
  text,
  udpFrame,
  vxlan,
} from '../packets.ts';

const client = '10.1.0.2';
const server = '10.2.0.2';
const front = '10.1.0.1';
const router = '10.2.0.1';

const lostAt = (row: MatchedRow | undefined) =>
  row?.state.kind === 'lost' ? [row.state.loss.after, row.state.loss.before] : row?.state.kind;

/** A SYN to a published port: translated at both ends by the router. */
const syn = { seq: 7000, sport: 41_000 };
const published = {
  near: tcpFrame({ src: client, dst: front, id: 9 }, { ...syn, dport: 8080 }),
  far: tcpFrame({ src: router, dst: server, id: 9, ttl: 63 }, { ...syn, dport: 80 }),
};
const answer = {
  far: tcpFrame({ src: server, dst: router, id: 0 }, { sport: 80, dport: 41_000, seq: 1, ack: 7001, flags: 'S.' }),
  near: tcpFrame(
    { src: front, dst: client, id: 0, ttl: 63 },
    { sport: 8080, dport: 41_000, seq: 1, ack: 7001, flags: 'S.' },
  ),
};
const publishedWay = {
  near: [client, front, 8080],
  far: [router, server, 80],
} as const;
const answerWay = {
  near: [server, router, undefined, 80],
  far: [front, client, undefined, 8080],
} as const;

describe('one packet, one row', () => {
  test('through a router, with its time at each point', () => {
    const near = tcpFrame({ src: client, dst: server }, syn);
    const far = tcpFrame({ src: client, dst: server, ttl: 63 }, syn);
    const rows = match([seen(0, 0, near), seen(1, 0.01, near), seen(2, 0.05, far), seen(3, 0.06, far)]);
    expect(rows.map(pathOf)).toEqual(['0 1 2(ttl) 3']);
    expect(rows[0]?.sightings.map(({ delay }) => delay)).toEqual([0n, 10_000n, 50_000n, 60_000n]);
  });

  test('through DNAT and masquerading, both ways, as one connection', () => {
    const rows = match([
      seen(0, 0, published.near),
      seen(1, 0.01, published.near),
      seen(2, 0.05, published.far),
      seen(3, 0.06, published.far),
      seen(3, 0.1, answer.far),
      seen(2, 0.11, answer.far),
      seen(1, 0.15, answer.near),
      seen(0, 0.16, answer.near),
    ]);
    expect(rows.map(pathOf)).toEqual(['0 1 2(dnat,snat,ttl) 3', '3 2 1(dnat,snat,ttl) 0']);
    expect(rows.map(({ flow }) => flow)).toEqual([1, 1]);
    expect(rows.map(({ side }) => side)).toEqual([0, 1]);
  });

  test('whatever order the taps tell their packets in', () => {
    const packets = [
      seen(0, 0, published.near),
      seen(1, 0.01, published.near),
      seen(2, 0.05, published.far),
      seen(3, 0.06, published.far),
    ];
    expect(match(packets.toReversed()).map(pathOf)).toEqual(['0 1 2(dnat,snat,ttl) 3']);
  });

  test('the same link twice: out again the way it came in', () => {
    const back = tcpFrame({ src: router, dst: '10.1.0.3', id: 9, ttl: 63 }, { ...syn, dport: 80 });
    const rows = match([seen(1, 0, published.near, { direction: 'in' }), seen(1, 0.02, back, { direction: 'out' })]);
    expect(rows.map(pathOf)).toEqual(['1 1(dnat,snat,ttl)']);
  });

  test('inside a tunnel', () => {
    const frame = tcpFrame({ src: client, dst: server, id: 5 }, syn);
    const outer = ethernet(0x0800, ipv4({ src: '192.0.2.1', dst: '192.0.2.2', proto: 17 }, vxlan(42, frame)));
    const rows = match([seen(0, 0, frame), seen(1, 0.02, outer), seen(2, 0.05, outer), seen(3, 0.07, frame)]);
    expect(rows.map(pathOf)).toEqual(['0 1(encapsulated) 2 3']);
    expect(rows[0]?.sightings[1]?.inside).toBe('vxlan 42');
  });

  test('a ping whose id source NAT had to change', () => {
    const near = icmpFrame({ src: client, dst: server, id: 3 }, echo(8, 1, 1));
    const far = icmpFrame({ src: router, dst: server, id: 3, ttl: 63 }, echo(8, 999, 1));
    expect(match([seen(1, 0, near), seen(2, 0.02, far)]).map(pathOf)).toEqual(['1 2(snat,ttl)']);
  });

  test('an ARP question at every port it is flooded to', () => {
    const question = arp(1, '10.2.0.1', '10.2.0.2');
    expect(match([seen(2, 0, question), seen(3, 0.01, question)]).map(pathOf)).toEqual(['2 3']);
  });
});

describe('what looks alike is kept apart', () => {
  test('a retransmission is a packet of its own', () => {
    const again = tcpFrame({ src: client, dst: server, id: 2 }, syn);
    const first = tcpFrame({ src: client, dst: server, id: 1 }, syn);
    const rows = match([seen(0, 0, first), seen(0, 1000, again), seen(1, 1000.02, again)]);
    expect(rows.map(pathOf)).toEqual(['0', '0 1']);
  });

  test('the same question asked again is matched by its time, where nothing else tells the two apart', () => {
    const question = udpFrame({ src: client, dst: server, id: 0 }, 40_000, 53, dnsQuery(7, 'db.app'));
    const rows = match([seen(0, 0, question), seen(0, 1000, question), seen(1, 1000.02, question)]);
    expect(rows.map(pathOf)).toEqual(['0', '0 1']);
  });

  test('packets alike that follow each other at once keep their order', () => {
    const same = icmpFrame({ src: client, dst: server, id: 0 }, echo(8, 1, 1));
    const rows = match([seen(0, 0, same), seen(0, 0.1, same), seen(1, 0.2, same), seen(1, 0.3, same)]);
    expect(rows.map(({ sightings }) => sightings.map(({ delay }) => Number(delay) / 1000))).toEqual([
      [0, 200],
      [0, 200],
    ]);
  });

  test('two connections with the same sequence number by chance of a test are told by their ends', () => {
    const one = udpFrame({ src: client, dst: server, id: 0 }, 1, 2, text('same'));
    const other = udpFrame({ src: '10.1.0.9', dst: '10.2.0.9', id: 0 }, 1, 2, text('same'));
    expect(match([seen(0, 0, one), seen(1, 0.01, other)]).map(pathOf)).toEqual(['0', '1']);
  });
});

describe('packets that are cut anew', () => {
  const payload = text('x'.repeat(3000));
  const data = { sport: 41_000, flags: '.', ack: 1 };
  const big = tcpFrame({ src: client, dst: server, id: 20 }, { ...data, seq: 8000 }, payload);
  const piece = (n: number) =>
    tcpFrame(
      { src: client, dst: server, id: 20 + n, ttl: 63 },
      { ...data, seq: 8000 + n * 1000 },
      payload.slice(0, 1000),
    );

  test('an offloaded segment that a link splits is still one packet', () => {
    const rows = match([seen(0, 0, big), seen(1, 0.02, piece(0)), seen(1, 0.03, piece(1)), seen(1, 0.04, piece(2))]);
    expect(rows.map(pathOf)).toEqual(['0 1(ttl,split)x3']);
    expect(rows[0]?.sightings[1]?.partial).toBeUndefined();
  });

  test('what did not come of it is said', () => {
    const rows = match([seen(0, 0, big), seen(1, 0.02, piece(0)), seen(1, 0.04, piece(2))]);
    expect(rows[0]?.sightings[1]).toMatchObject({ pieces: 2, partial: { seen: 2000, of: 3000 } });
  });

  test('segments that are merged on the way have all arrived', () => {
    const merged = tcpFrame({ src: client, dst: server, id: 20, ttl: 62 }, { ...data, seq: 8000 }, payload);
    const rows = match([seen(0, 0, piece(0)), seen(0, 0.01, piece(1)), seen(0, 0.02, piece(2)), seen(1, 0.05, merged)]);
    expect(rows.map(pathOf)).toEqual(['0 1(ttl,merged)', '0 1(ttl,merged)', '0 1(ttl,merged)']);
  });

  test('a part that is sent again after the whole went through is a packet of its own', () => {
    const rows = match([seen(0, 0, big), seen(1, 0.02, big), seen(0, 300, piece(1)), seen(1, 300.02, piece(1))]);
    expect(rows.map(pathOf)).toEqual(['0 1', '0 1']);
  });

  test('sequence numbers go round', () => {
    const start = 0xffff_ff00;
    const before = tcpFrame({ src: client, dst: server }, { ...data, seq: start }, payload.slice(0, 2000));
    const half = (at: number, id: number) =>
      tcpFrame({ src: client, dst: server, id }, { ...data, seq: (start + at) >>> 0 }, payload.slice(0, 1000));
    const rows = match([seen(0, 0, before), seen(1, 0.02, half(0, 1)), seen(1, 0.03, half(1000, 2))]);
    expect(rows.map(pathOf)).toEqual(['0 1(split)x2']);
  });

  const whole = ethernet(0x0800, ipv4({ src: client, dst: server, proto: 1, id: 70 }, echo(8, 1, 1, payload)));
  const icmpBytes = echo(8, 1, 1, payload);
  const fragment = (offset: number, length: number) =>
    ethernet(
      0x0800,
      ipv4(
        { src: client, dst: server, proto: 1, id: 70, offset, more: offset + length < icmpBytes.length },
        icmpBytes.slice(offset, offset + length),
      ),
    );

  test('fragments belong to the packet they were cut from', () => {
    const rows = match([seen(0, 0, whole), seen(1, 0.01, fragment(0, 1480)), seen(1, 0.02, fragment(1480, 1528))]);
    expect(rows.map(pathOf)).toEqual(['0 1(fragmented)x2']);
    expect(rows[0]?.sightings[1]?.partial).toBeUndefined();
  });

  test('a packet put together again stands for all its fragments', () => {
    const rows = match([seen(0, 0, fragment(0, 1480)), seen(0, 0.01, fragment(1480, 1528)), seen(1, 0.05, whole)]);
    expect(rows.map((row) => row.sightings.map(({ point }) => point))).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('with a model of the path', () => {
  const trace = traceOf(publishedWay, answerWay);
  const all = [
    seen(0, 0, published.near),
    seen(1, 0.01, published.near),
    seen(2, 0.05, published.far),
    seen(3, 0.06, published.far),
  ];

  test('a packet at its last point has arrived, and so has its answer', () => {
    const rows = match(
      [
        ...all,
        seen(3, 0.1, answer.far),
        seen(2, 0.11, answer.far),
        seen(1, 0.15, answer.near),
        seen(0, 0.16, answer.near),
      ],
      { trace },
    );
    expect(rows.map(({ direction, state }) => [direction, state.kind])).toEqual([
      ['request', 'arrived'],
      ['reply', 'arrived'],
    ]);
  });

  test.each([1, 2, 3])('a request that vanishes after point %i - 1 is lost there', (seenAt) => {
    expect(lostAt(match(all.slice(0, seenAt), { trace })[0])).toEqual([seenAt - 1, seenAt]);
  });

  test.each([
    [3, 2],
    [2, 1],
    [1, 0],
  ])('a reply last seen at point %i did not come to %i', (last, next) => {
    const back = [seen(3, 0.1, answer.far), seen(2, 0.11, answer.far), seen(1, 0.15, answer.near)];
    const rows = match([...all, ...back.filter(({ tap }) => tap >= last)], { trace });
    expect(lostAt(rows[1])).toEqual([last, next]);
    expect(rows[1]?.direction).toBe('reply');
  });

  test('the deciding rule of the model comes first, as data and as a sentence', () => {
    const rule = 'filter FORWARD rule 3: -j DROP';
    const rows = match(all.slice(0, 2), { trace: traceOf({ ...publishedWay, droppedBy: rule }) });
    const state = rows[0]?.state;
    if (state?.kind !== 'lost') throw new Error('not lost');
    expect(state.loss).toMatchObject({
      after: 1,
      before: 2,
      candidates: [{ basis: 'model', text: rule, at: 'router FORWARD' }, {}],
    });
    expect(state.loss.candidates[0]?.step?.kind).toBe('rule');
    expect(state.loss.sentence).toBe(`last seen at router/v1, not seen at router/v2: router FORWARD: ${rule}`);
  });

  test('where the model lets it pass, what it passes there is named, and that the two differ', () => {
    const state = match(all.slice(0, 2), { trace })[0]?.state;
    if (state?.kind !== 'lost') throw new Error('not lost');
    expect(state.loss.candidates.map(({ basis, text }) => [basis, text])).toEqual([
      ['passes', 'filter FORWARD rule 1: accept'],
      ['passes', 'server is at 02:00:00:00:00:0b'],
      ['passes', 'to the other side'],
    ]);
    expect(state.loss.sentence).toContain('the model lets it pass there');
  });

  test('a neighbour nobody answers for is seen in the capture itself', () => {
    const asked = [100, 1100, 2100].map((ms) => seen(2, ms, arp(1, router, server)));
    const state = match([...all.slice(0, 2), ...asked], { trace })[0]?.state;
    if (state?.kind !== 'lost') throw new Error('not lost');
    expect(state.loss.candidates[0]).toEqual({
      basis: 'observed',
      text: `nobody answers who has ${server} on router/v2 (asked 3×)`,
    });
  });

  test('sizes that pass and sizes that do not point to an MTU', () => {
    const payload = text('y'.repeat(1400));
    const large = tcpFrame(
      { src: client, dst: front, id: 11 },
      { sport: 41_000, dport: 8080, seq: 7001, flags: '.' },
      payload,
    );
    const state = match([...all, seen(0, 10, large), seen(1, 10.01, large)], { trace })[1]?.state;
    if (state?.kind !== 'lost') throw new Error('not lost');
    expect(state.loss.candidates[0]?.text).toContain('packets of up to 40 bytes went on from here, this one has 1440');
  });

  test('an ICMP error names the packet it refuses, and is the first candidate', () => {
    const quoted = published.near.slice(14);
    const refusal = icmpFrame({ src: front, dst: client, id: 88 }, icmp(3, 1, 0, quoted));
    const rows = match([...all.slice(0, 2), seen(1, 3000, refusal), seen(0, 3000.01, refusal)], { trace }, 9000);
    expect(rows[0]?.refusedBy).toEqual({ row: 2, text: `${front} says host unreachable` });
    const state = rows[0]?.state;
    if (state?.kind !== 'lost') throw new Error('not lost');
    expect(state.loss.candidates[0]?.text).toBe(`refused: ${front} says host unreachable`);
  });

  test('a reset refuses the SYN it answers', () => {
    const reset = tcpFrame(
      { src: front, dst: client, id: 0 },
      { sport: 8080, dport: 41_000, seq: 0, ack: 7001, flags: 'R.' },
    );
    const rows = match([...all.slice(0, 1), seen(0, 0.2, reset)], { trace });
    expect(rows[0]?.refusedBy?.text).toContain(`${front} resets it`);
  });
});

describe('never wrong about a loss', () => {
  const trace = traceOf(publishedWay, answerWay);
  const two = [seen(0, 0, published.near), seen(1, 0.01, published.near)];
  const settled = (
    tell: (matcher: ReturnType<typeof createMatcher>) => void,
    until: number | 'end' = 5000,
    from: number = points.length,
  ) => {
    const matcher = createMatcher(points, { trace });
    ready(matcher, from);
    matcher.add(two);
    tell(matcher);
    matcher.settle(until === 'end' ? 'end' : moment(until));
    return matcher;
  };

  test('the userland proxy takes the packet: its own connection is another packet', () => {
    const [client, router, ...rest] = trace.request.hops;
    const [first] = router!.steps;
    const takes = { ...first!, kind: 'socket', verdict: 'pass', text: 'opens a connection of its own' } as const;
    const hops = [client!, { ...router!, steps: [...router!.steps, takes] }, ...rest];
    const proxied = { ...trace, request: { ...trace.request, hops } };
    expect(match(two, { trace: proxied })[0]?.state.kind).toBe('arrived');
  });

  test('a packet is on its way until the wait is over', () => {
    const matcher = settled(() => {}, 900);
    expect(matcher.rows()[0]?.state.kind).toBe('travelling');
    matcher.settle(moment(1100));
    expect(matcher.rows()[0]?.state.kind).toBe('lost');
  });

  test('one that comes late after all is not lost any more', () => {
    const matcher = settled(() => {}, 1500);
    matcher.add([seen(2, 1600, published.far), seen(3, 1600.01, published.far)]);
    matcher.settle(moment(1700));
    expect(matcher.rows().map(({ state }) => state.kind)).toEqual(['arrived']);
  });

  test('a point that missed packets itself proves nothing', () => {
    const matcher = settled((one) => {
      one.tell({ kind: 'counts', tap: 2, counts: { received: 9, dropped: 3 } }, moment(100));
      one.tell({ kind: 'counts', tap: 3, counts: { received: 9, dropped: 1 } }, moment(100));
    });
    expect(matcher.rows()[0]?.state).toEqual({
      kind: 'unknown',
      after: 1,
      why: 'router/v2 missed 3 packets itself at that time; server/eth0 missed 1 packet itself at that time',
    });
  });

  test('but a healthy point behind it does', () => {
    const matcher = settled((one) =>
      one.tell({ kind: 'counts', tap: 2, counts: { received: 9, dropped: 3 } }, moment(100)),
    );
    expect(lostAt(matcher.rows()[0])).toEqual([1, 3]);
  });

  test('drops of another time do not matter', () => {
    const matcher = settled((one) => {
      one.tell({ kind: 'counts', tap: 2, counts: { received: 9, dropped: 3 } }, moment(-5000));
      one.tell({ kind: 'counts', tap: 2, counts: { received: 9, dropped: 3 } }, moment(100));
    });
    expect(lostAt(matcher.rows()[0])).toEqual([1, 2]);
  });

  test('nor does a point that was not watching', () => {
    const matcher = settled(() => {}, 5000, 2);
    expect(matcher.rows()[0]?.state).toMatchObject({
      kind: 'unknown',
      why: 'router/v2 was not watched; server/eth0 was not watched',
    });
  });

  test('nor one that ended before the packet could come', () => {
    const matcher = settled((one) => {
      for (const tap of [2, 3]) one.tell({ kind: 'ended', tap }, moment(0.5));
    });
    expect(matcher.rows()[0]?.state).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('was not watched any more'),
    });
  });

  test('at the end of a file what was just sent is not called lost', () => {
    expect(settled(() => {}, 'end').rows()[0]?.state).toEqual({
      kind: 'unknown',
      after: 1,
      why: 'the capture ended right after it',
    });
  });

  test('without a model only what others of the same connection did says where it should go', () => {
    const second = { ...syn, seq: 7001, flags: '.' };
    const frame = (id: number, ttl: number) => tcpFrame({ src: client, dst: server, id, ttl }, second);
    const rows = match([
      seen(0, 0, frame(1, 64)),
      seen(1, 0.01, frame(1, 64)),
      seen(2, 0.02, frame(1, 63)),
      seen(0, 10, frame(2, 64)),
      seen(1, 10.01, frame(2, 64)),
      seen(0, 0.5, arp(1, '10.1.0.2', '10.1.0.1')),
    ]);
    expect(rows.map(({ state }) => state.kind)).toEqual(['arrived', 'seen', 'lost']);
    expect(rows[2]?.state).toMatchObject({
      loss: { candidates: [], sentence: 'last seen at router/v1, not seen at router/v2' },
    });
  });
});

describe('memory', () => {
  test('stays within its limits; the oldest rows go, and are counted', () => {
    const matcher = createMatcher(points, { rowLimit: 100 });
    ready(matcher);
    for (let n = 0; n < 1000; n++) {
      matcher.add([seen(0, n, tcpFrame({ src: client, dst: server, id: n }, { seq: n * 100 }))]);
      if (n % 50 === 0) matcher.settle(moment(n));
    }
    matcher.settle('end');
    expect(matcher.rows()).toHaveLength(100);
    expect(matcher.forgotten()).toBe(900);
    expect(matcher.rows()[0]?.at).toBe(moment(900));
  });

  test('large packets count by their bytes', () => {
    const matcher = createMatcher(points, { byteLimit: 10_000 });
    ready(matcher);
    const payload = text('z'.repeat(1400));
    for (let n = 0; n < 50; n++)
      matcher.add([
        seen(
          0,
          n,
          ethernet(0x0800, ipv4({ src: client, dst: server, proto: 6, id: n }, tcp({ seq: n * 1400 }, payload))),
        ),
      ]);
    matcher.settle('end');
    expect(matcher.rows().length).toBe(Math.floor(10_000 / 1454));
  });

  test('rows that did not change are the same objects, and so is their list', () => {
    const matcher = createMatcher(points);
    ready(matcher);
    matcher.add([seen(0, 0, published.near)]);
    matcher.settle(moment(100));
    const before = matcher.rows();
    matcher.settle(moment(200));
    expect(matcher.rows()).toBe(before);
    matcher.add([seen(0, 300, answer.near)]);
    matcher.settle(moment(400));
    expect(matcher.rows()).not.toBe(before);
    expect(matcher.rows()[0]).toBe(before[0]);
  });
});
