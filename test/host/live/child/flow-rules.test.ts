import { expect, test } from 'vitest';
import { flowMatches } from '../../../../src/host/live/child/flow-rules.ts';
import { traceTableText, unmarked } from '../../../../src/host/live/child/trace-table.ts';

test('a flow is matched there and back, with the errors that routers send its asker', () => {
  expect(flowMatches([{ family: 4, proto: 6, src: '172.17.0.2', dst: '10.0.0.1', dport: 80 }])).toEqual([
    'ip saddr 172.17.0.2 ip daddr 10.0.0.1 tcp dport 80',
    'ip saddr 10.0.0.1 ip daddr 172.17.0.2 tcp sport 80',
    'ip daddr 172.17.0.2 icmp type { destination-unreachable, time-exceeded, parameter-problem }',
  ]);
});

test('an echo of IPv6 is told by its types, everything between two ends by their addresses', () => {
  expect(flowMatches([{ family: 6, proto: 58, dst: 'fd00::2' }])[0]).toBe(
    'ip6 daddr fd00::2 icmpv6 type { echo-request, echo-reply }',
  );
  expect(flowMatches([{ family: 4, src: '10.0.0.1', dst: '10.0.0.2' }])[0]).toBe('ip saddr 10.0.0.1 ip daddr 10.0.0.2');
});

test('nothing but an address gets into a rule', () => {
  expect(flowMatches([{ family: 4, proto: 6, src: '10.0.0.1 drop; }', dst: '10.0.0.2' }])[0]).toBe(
    'ip daddr 10.0.0.2 meta l4proto 6',
  );
});

test('rules of a flow decide nothing, and count before and after their limit', () => {
  const tuples = [{ family: 4, proto: 17, dst: '10.0.0.2', dport: 53 }] as const;
  const text = traceTableText(4, 'mine', { kind: 'flow', tuples, perSecond: 50 });
  expect(text).toContain(
    'ip daddr 10.0.0.2 udp dport 53 counter limit rate 50/second burst 50 packets counter meta nftrace set 1;',
  );
  expect(text).not.toMatch(/\b(drop|reject)\b/);
});

test('what the limit left out is what was counted before it, less what was counted after', () => {
  const listing = `table ip mine {
    ip daddr 10.0.0.2 counter packets 120 bytes 9 limit rate 50/second counter packets 50 bytes 4 meta nftrace set 1
    ip saddr 10.0.0.2 counter packets 3 bytes 9 limit rate 50/second counter packets 3 bytes 4 meta nftrace set 1
  }`;
  expect(unmarked(listing)).toBe(70);
});
