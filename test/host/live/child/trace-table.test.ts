import { expect, test } from 'vitest';
import { bridgeTableText, traceTableText } from '../../../../src/host/live/child/trace-table.ts';

test('only packets of the chosen port are marked, within a rate, in a table that ends with its maker', () => {
  const text = traceTableText(4, 'mine', { kind: 'port', proto: 'tcp', port: 40_000 });
  expect(text).toContain('add table ip mine { flags owner;');
  expect(text.match(/meta nftrace set 1/g)).toHaveLength(4);
  expect(text.match(/tcp [sd]port 40000 limit rate/g)).toHaveLength(4);
  expect(text).not.toMatch(/\bdrop\b/);
});

test('an echo is marked by its id, in the table of its family', () => {
  expect(traceTableText(6, 'mine', { kind: 'echo', proto: 'icmpv6', id: 77 })).toMatch(
    /add table ip6 mine .*icmpv6 type \{ echo-request, echo-reply \} icmpv6 id 77/,
  );
});

test('frames are marked in a table of the bridge family, where nothing else happens to them', () => {
  const text = bridgeTableText('mine', { kind: 'port', proto: 'udp', port: 53 });
  expect(text).toMatch(/^add table bridge mine \{ flags owner; chain prerouting .*udp dport 53 limit rate/);
  expect(text).not.toMatch(/\bdrop\b/);
});
