import { beforeAll, describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import type { LiveAccount } from '../../../src/live/live-account.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { syntheticSnapshot } from '../../support/synthetic-snapshot.ts';
import { drive } from '../../support/ui-driver.ts';

let graph: Graph;
beforeAll(() => {
  graph = buildGraph([syntheticSnapshot(3)]);
});

const trace: Trace = {
  from: 'a',
  to: 'b:80',
  outcome: 'dropped',
  explanation: 'a → b:80 is dropped.',
  request: { outcome: 'dropped', hops: [] },
  gaps: [],
};
const live: LiveAccount = {
  outcome: 'dropped',
  explanation: 'a real packet is not delivered',
  request: { outcome: 'dropped', hops: [] },
  agreement: 'agrees',
  why: 'the kernel, too, ends it at filter FORWARD rule 2',
  gaps: [],
};
const traced = (options: { readonly live?: boolean; readonly readOnly?: boolean } = {}) =>
  drive(graph, { live: true, readOnly: false, trace: () => trace, ...options }).press(':', "'trace a b:80", 'enter');
const question = { from: 'a', to: 'b:80' };

describe('L in the trace view', () => {
  test('asks for one real packet between the ends', () => {
    expect(traced().press('L').effects()).toContainEqual({ kind: 'prove', question });
  });
  test('shows what is being done, and keys go on working meanwhile', () => {
    const driver = traced().press('L').send({ kind: 'proof-progress', what: 'will open one TCP connection' });
    expect(driver.text()).toContain('will open one TCP connection');
    expect(driver.press('1').state().place.view).toBe('overview');
  });
  test('shows whether the kernel agrees', () => {
    const driver = traced().press('L').send({ kind: 'proved', question, proof: { trace, live } });
    expect(driver.text()).toMatch(/live\s+✓ agrees\s+the kernel, too, ends it at filter FORWARD rule 2/);
  });
  test('forgets a proof whose ends are no longer asked about', () => {
    const driver = traced().press('L').press(':', "'trace a c:80", 'enter');
    expect(driver.send({ kind: 'proved', question, proof: { trace, live } }).text()).not.toContain('agrees');
  });
  test('says why it could not be tried', () => {
    const gap = { source: 'live proof', reason: 'forbidden', detail: 'a proof enters a netns' } as const;
    const driver = traced().press('L').send({ kind: 'proved', question, proof: { trace, gap } });
    expect(driver.text()).toContain('not tried: a proof enters a netns');
  });
  test('is refused on a recording and where nothing may be changed', () => {
    expect(traced({ live: false }).press('L').text()).toContain('recording');
    expect(traced({ readOnly: true }).press('L').text()).toContain('read-only');
    expect(traced({ readOnly: true }).press('L').effects()).not.toContainEqual({ kind: 'prove', question });
  });
});
