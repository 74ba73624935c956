import { beforeAll, describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import type { WatchAccount, WatchGroup } from '../../../src/live/watch/watch-account.ts';
import type { HostId } from '../../../src/model/ids.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { expectFile } from '../../support/expect-file.ts';
import { syntheticSnapshot } from '../../support/synthetic-snapshot.ts';
import { drive } from '../../support/ui-driver.ts';

let graph: Graph;
beforeAll(() => {
  graph = buildGraph([syntheticSnapshot(3)]);
});

const trace: Trace = {
  from: 'web',
  to: 'db:5432',
  outcome: 'dropped',
  explanation: 'web → db:5432 is dropped at host FORWARD by filter DOCKER-USER rule 7.',
  request: { outcome: 'dropped', hops: [] },
  gaps: [],
};

const group = (id: string, changed: Partial<WatchGroup>): WatchGroup => ({
  id,
  kind: 'way',
  outcome: 'dropped',
  text: 'web → docker0 → FORWARD: rule 7 in filter DOCKER-USER drops it: -A DOCKER-USER -p tcp -m tcp --dport 5432 -j DROP',
  count: 12,
  firstAt: 1000,
  lastAt: 5000,
  perSecond: 2.4,
  ...changed,
});

const packet = {
  family: 4,
  src: '172.17.0.2',
  dst: '172.18.0.2',
  proto: 'tcp',
  dport: 5432,
  ttl: 64,
  mark: 0,
  tos: 0,
  length: 0,
  dontFragment: false,
} as const;

const account = (changed: Partial<WatchAccount> = {}): WatchAccount => ({
  phase: 'watching',
  flow: { from: 'web', to: 'db:5432' },
  model: { outcome: 'dropped', explanation: trace.explanation },
  announced: 'will add a table',
  host: 'synthetic' as HostId,
  startedAt: 1000,
  durationMs: 60_000,
  at: 6000,
  groups: [
    group('1', {
      direction: 'request',
      flags: ['SYN'],
      way: {
        outcome: 'dropped',
        hops: [
          {
            netns: [...graph.netns.keys()][0]!,
            at: 'web OUTPUT',
            steps: [
              {
                kind: 'origin',
                verdict: 'pass',
                text: '172.17.0.2:* → 172.18.0.2:5432 tcp is sent',
                evidence: {},
                packet,
              },
            ],
          },
        ],
      },
    }),
    group('2', {
      kind: 'drop',
      outcome: 'no-neighbour',
      text: 'eth0 of web: 172.17.0.2 (web) → 10.0.0.9:53 udp: nobody answers for 172.17.0.1 on eth0, its next hop (NEIGH_FAILED in neigh_invalidate)',
      count: 3,
      perSecond: 0,
    }),
    group('3', {
      kind: 'connection',
      outcome: 'unknown',
      text: 'host tracks 172.17.0.2 → 172.18.0.2:5432 tcp: nothing is translated; 4 begun, 0 answered, 0 ended',
    }),
  ],
  unanswered: false,
  leftOut: { rules: 0, drops: 7, connections: 0, noise: 41, groups: 0 },
  gaps: [{ source: 'rule trace', reason: 'unsupported', detail: 'its iptables-legacy rules cannot be traced' }],
  ...changed,
});

const question = { flow: { from: 'web', to: 'db:5432' } };
const size = { columns: 80, rows: 24 };
const inTrace = (options: { readonly columns?: number; readonly rows?: number } = {}) =>
  drive(graph, { ...size, ...options, live: true, readOnly: false, trace: () => trace }).press(
    ':',
    "'trace web db:5432",
    'enter',
  );
const plan = { announced: 'will add a table vethscope_live_PID to nftables in web, host' };
const planned = (options = {}) => {
  const driver = inTrace(options).press('K');
  const asked = driver.effects().find((effect) => effect.kind === 'plan-watch');
  return driver.send({ kind: 'watch-plan', question: asked?.question ?? {}, plan });
};

describe('K', () => {
  test('in a trace plans to watch that flow, and arms nothing', () => {
    const driver = inTrace().press('K');
    expect(driver.effects()).toContainEqual({ kind: 'plan-watch', question });
    expect(driver.effects().map(({ kind }) => kind)).not.toContain('start-watch');
  });
  test('says what would be added, and that a arms it', () => {
    const text = planned().text();
    expect(text).toContain('will add a table vethscope_live_PID');
    expect(text).toContain('a  arms it; nothing is added before');
  });
  test('elsewhere it is about everything the kernel drops', () => {
    const driver = drive(graph, { live: true, readOnly: false }).press('K');
    expect(driver.effects()).toContainEqual({ kind: 'plan-watch', question: {} });
    expect(driver.text()).toContain('everything the kernel drops');
  });
});

describe('a in the watch view', () => {
  test('arms what was planned, and ends it when it runs', () => {
    const armed = planned().press('a');
    expect(armed.effects()).toContainEqual({ kind: 'start-watch', question });
    expect(armed.send({ kind: 'watch', account: account() }).press('a').effects()).toContainEqual({
      kind: 'stop-watch',
    });
  });
  test('arms nothing that was refused, and says why', () => {
    const driver = inTrace().press('K');
    const asked = driver.effects().find((effect) => effect.kind === 'plan-watch');
    driver.send({
      kind: 'watch-plan',
      question: asked?.question ?? {},
      plan: { error: 'read-only: a watch adds nft tables', reason: 'read-only' },
    });
    driver.press('a');
    expect(driver.effects().map(({ kind }) => kind)).not.toContain('start-watch');
    expect(driver.text()).toContain('read-only: a watch adds nft tables');
  });
});

describe('a watch that runs', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('reads well at %i×%i', (columns, rows) => {
    const driver = planned({ columns, rows })
      .press('a')
      .send({ kind: 'watch', account: account() })
      .press('g', 'enter');
    expectFile(`screen/${columns}x${rows}-watch-running.txt`, `${driver.text()}\n`);
  });
  test('shows nothing but losses where only faults are wanted', () => {
    const text = planned().press('a').send({ kind: 'watch', account: account() }).press('F').text();
    expect(text).toContain('DOCKER-USER');
    expect(text).not.toContain('host tracks');
  });
  test('is not replaced by another question', () => {
    const driver = planned().press('a').send({ kind: 'watch', account: account() }).press(':', "'watch a b", 'enter');
    expect(driver.text()).toContain('a watch is running');
  });
});
