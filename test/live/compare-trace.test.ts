import { describe, expect, test } from 'vitest';
import { compareTrace } from '../../src/live/compare-trace.ts';
import type { Verdict } from '../../src/live/judge-probe.ts';
import type { NetnsId } from '../../src/model/ids.ts';
import type { Packet } from '../../src/model/packet.ts';
import type { Outcome, RuleRef, Step, Trace } from '../../src/trace/trace.ts';

const packet = {} as Packet;
const rule = (index: number, chain = 'FORWARD'): RuleRef => ({
  family: 'ip',
  table: 'filter',
  chain,
  index,
  rule: '-j DROP',
  backend: 'iptables-nft',
});
const step = (of?: RuleRef, text = 'why'): Step => ({
  kind: 'rule',
  verdict: 'dropped',
  text,
  evidence: of === undefined ? {} : { rule: of },
  packet,
});
const trace = (outcome: Outcome, decidedBy?: Step, text = ''): Trace => ({
  from: 'a',
  to: 'b',
  outcome,
  explanation: '',
  ...(decidedBy === undefined ? {} : { decidedBy }),
  request: { outcome, hops: [{ netns: 'n' as NetnsId, at: 'a', steps: [step(undefined, text)] }] },
  gaps: [],
});
const verdict = (outcome: Outcome, more: Partial<Verdict> = {}): Verdict => ({
  outcome,
  direction: 'request',
  proof: 'seen',
  words: 'so it went',
  ...more,
});
const decidedBy = (of?: RuleRef): Partial<Verdict> => ({ decided: { netns: 'n' as NetnsId, at: 'a', step: step(of) } });

const agreement = (model: Trace, live: Verdict, end: Parameters<typeof compareTrace>[2] = 'silent') =>
  compareTrace(model, live, end).agreement;

describe('the kernel agrees with the model', () => {
  test('when both end the packet at the same rule', () => {
    expect(agreement(trace('dropped', step(rule(2))), verdict('dropped', decidedBy(rule(2))))).toBe('agrees');
  });
  test('when both deliver it', () => {
    expect(agreement(trace('delivered'), verdict('delivered'), 'connected')).toBe('agrees');
  });
});

describe('the kernel disagrees with the model', () => {
  test('when another rule ends the packet, though the outcome is the same', () => {
    expect(agreement(trace('dropped', step(rule(2))), verdict('dropped', decidedBy(rule(3))))).toBe('disagrees');
    expect(agreement(trace('dropped', step(rule(2))), verdict('dropped', decidedBy(rule(2, 'INPUT'))))).toBe(
      'disagrees',
    );
  });
  test('when a rule ends it that the model does not know of', () => {
    expect(agreement(trace('dropped', step()), verdict('dropped', decidedBy(rule(1))))).toBe('disagrees');
  });
  test('when one delivers it and the other does not', () => {
    expect(agreement(trace('delivered'), verdict('dropped', { proof: 'silence' }))).toBe('disagrees');
    expect(agreement(trace('dropped', step(rule(1))), verdict('delivered'), 'connected')).toBe('disagrees');
  });
});

describe('nothing can be told', () => {
  test('when one of the two does not know', () => {
    expect(agreement(trace('unknown'), verdict('dropped'))).toBe('cannot-tell');
    expect(agreement(trace('dropped'), verdict('unknown'))).toBe('cannot-tell');
  });
  test('of the rule, when nothing came back and nobody said why', () => {
    expect(agreement(trace('dropped', step(rule(1))), verdict('dropped', { proof: 'silence', ...decidedBy() }))).toBe(
      'cannot-tell',
    );
  });
  test('of what stands behind a userland proxy that took the connection', () => {
    const proxied = trace('no-listener', step(), 'the userland proxy connects');
    expect(agreement(proxied, verdict('delivered'), 'connected')).toBe('cannot-tell');
    expect(agreement(trace('delivered', undefined, 'through the userland proxy'), verdict('delivered'), 'closed')).toBe(
      'cannot-tell',
    );
  });
  test('of the way back of a datagram nobody answered', () => {
    const lost: Trace = { ...trace('dropped', step(rule(1))), request: { outcome: 'delivered', hops: [] } };
    expect(agreement(lost, verdict('delivered', { proof: 'silence' }))).toBe('cannot-tell');
  });
});
