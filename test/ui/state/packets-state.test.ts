import { beforeAll, describe, expect, test } from 'vitest';
import type { CaptureAnalysis } from '../../../src/capture/analysis.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { loadPacketTools, type PacketTools } from '../../../src/session/packet-tools.ts';
import type { CaptureState } from '../../../src/session.ts';
import type { PacketsPicture } from '../../../src/ui/state/packets-state.ts';
import { moment, points, seen } from '../../capture/matching.ts';
import { echo, ethernet, ipv4, tcp, text } from '../../capture/packets.ts';
import { expectFile } from '../../support/expect-file.ts';
import { syntheticSnapshot } from '../../support/synthetic-snapshot.ts';
import { type Driver, drive } from '../../support/ui-driver.ts';

let graph: Graph;
let tools: PacketTools;
beforeAll(async () => {
  graph = buildGraph([syntheticSnapshot(3)]);
  tools = await loadPacketTools();
});

const running = (packets: number, end?: CaptureState['end']): CaptureState => ({
  packets,
  points: points.map((point) => ({
    point: { ...point },
    phase: end === undefined ? 'running' : 'ended',
    reader: 'tcpdump',
    linkType: 1,
    packets,
    counts: { received: packets, dropped: 0 },
  })),
  ...(end === undefined ? {} : { end }),
});

const pictureOf = (analysis: CaptureAnalysis): PacketsPicture => ({
  rows: analysis.rows(),
  flows: analysis.flows(moment(5000)),
  talkers: analysis.talkers(moment(5000)),
  losses: analysis.losses(),
  forgotten: analysis.forgotten(),
});

/** A handshake that passes every point, an echo that gets no further than the first. */
const captured = (): CaptureAnalysis => {
  const analysis = tools.createAnalysis(points, {
    nameOf: (address) => ({ '10.0.1.2': 'web', '10.0.2.2': 'db' })[address],
  });
  analysis.feed({ kind: 'state', state: running(0) }, moment(0));
  const syn = ethernet(0x0800, ipv4({ src: '10.0.1.2', dst: '10.0.2.2', proto: 6, id: 7 }, tcp({ dport: 5432 })));
  const ping = ethernet(0x0800, ipv4({ src: '10.0.1.2', dst: '10.0.2.2', proto: 1, id: 9 }, echo(8, 3, 1, text('x'))));
  analysis.feed({
    kind: 'packets',
    packets: [...points.map((_, at) => seen(at, at * 0.01 + 1, syn)), seen(0, 20, ping)],
  });
  analysis.feed({ kind: 'state', state: running(5) }, moment(1500));
  analysis.settle('end');
  return analysis;
};

const shown = (options: Parameters<typeof drive>[1] = {}): Driver => {
  const analysis = captured();
  return drive(graph, { live: true, ...options })
    .press(':', "'capture web", 'enter')
    .send({ kind: 'packets', packets: { analysis, tools, capture: running(5), picture: pictureOf(analysis) } });
};

describe('packets on the screen', () => {
  test('are captured at the links of what is selected, or at every point of the traced path', () => {
    const containers = drive(graph, { live: true }).press('2');
    containers.press('c');
    expect(containers.state().place.view).toBe('packets');
    expect(containers.effects().at(-1)).toMatchObject({
      kind: 'start-capture',
      question: { points: [expect.stringMatching(/^container:.+\/eth0$/)] },
    });
    const trace = drive(graph, {
      live: true,
      trace: ({ from, to }) => ({
        from,
        to,
        outcome: 'delivered',
        explanation: '',
        request: { outcome: 'delivered', hops: [] },
        gaps: [],
      }),
    });
    trace.press(':', "'trace web db", 'enter').press('c');
    expect(trace.effects().at(-1)).toEqual({
      kind: 'start-capture',
      question: { points: [], path: { from: 'web', to: 'db' } },
    });
  });

  test('cannot be had of a recording, but a file can be opened there', () => {
    const recorded = drive(graph).press('2', 'c');
    expect(recorded.effects()).toEqual([]);
    expect(recorded.text()).toContain('this is a recording');
    recorded.press(':', "'capture old.pcapng", 'enter');
    expect(recorded.effects().at(-1)).toEqual({ kind: 'start-capture', question: { read: 'old.pcapng' } });
  });

  test('a second capture does not begin while one runs; c ends it, and begins the same again', () => {
    const driver = shown();
    driver.press(':', "'capture db", 'enter');
    expect(driver.text()).toContain('a capture is running');
    driver.press('c');
    expect(driver.effects().at(-1)).toEqual({ kind: 'stop-capture' });
    driver.send({ kind: 'packets', packets: { capture: running(5, { why: 'asked' }) } }).press('c');
    expect(driver.effects().at(-1)).toMatchObject({ kind: 'start-capture', question: { points: ['web'] } });
  });

  test('read well, with a mark for each point and what is lost', () => {
    expectFile('screen/80x24-packets-captured.txt', `${shown().text()}\n`);
    expectFile('screen/120x40-packets-captured.txt', `${shown({ columns: 120, rows: 40 }).text()}\n`);
    expectFile('screen/80x24-packets-losses.txt', `${shown().press('v', 'v', 'v').text()}\n`);
    expectFile('screen/80x24-packets-flows.txt', `${shown().press('v').text()}\n`);
  });

  test('are shown by name or by address, filtered by what they are', () => {
    const driver = shown();
    expect(driver.text()).toContain('web:40000');
    expect(driver.press('N').text()).toContain('10.0.1.2:40000');
    driver.press('/', "'icmp", 'enter');
    expect(driver.text()).toContain('ICMP echo request');
    expect(driver.text()).not.toContain('TCP [S]');
    driver.press('/', "' and (", 'enter');
    expect(driver.text()).toContain('filter:');
  });

  test('follow the newest while the cursor stands on it, and stand still when it does not, or when paused', () => {
    const driver = shown().press('G');
    const analysis = captured();
    const more = ethernet(0x0800, ipv4({ src: '10.0.2.2', dst: '10.0.1.2', proto: 6, id: 8 }, tcp({ flags: 'R' })));
    analysis.feed({ kind: 'packets', packets: [seen(0, 3000, more)] });
    analysis.settle('end');
    const next = { kind: 'packets', packets: { analysis, picture: pictureOf(analysis) } } as const;
    expect(driver.send(next).state().place.selected).toBe('packet 3');
    expect(shown().press('g').send(next).state().place.selected).toBe('packet 1');
    const paused = shown().press('p').send(next);
    expect(paused.state().packets?.picture?.rows).toHaveLength(2);
  });

  test('a refusal says why and how to go on', () => {
    const driver = drive(graph, { live: true }).press(':', "'capture nobody", 'enter');
    driver.send({
      kind: 'packets',
      packets: { refused: { error: 'nobody: no such point', reason: 'not-found', howToSee: 'name a container' } },
    });
    expect(driver.text()).toContain('nobody: no such point (name a container)');
  });
});
