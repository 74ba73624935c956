import { expect, test } from 'vitest';
import { readHandles } from '../../../../src/host/live/child/rule-handles.ts';

test('handles stand in the order of their rules, chain by chain', () => {
  const rule = (chain: string, handle: number) => ({
    rule: { family: 'ip', table: 'filter', chain, handle, expr: [] },
  });
  const text = JSON.stringify({
    nftables: [{ metainfo: {} }, rule('FORWARD', 9), rule('MINE', 4), rule('FORWARD', 7), { set: { name: 's' } }],
  });
  expect([...readHandles(text)]).toEqual([
    ['ip filter FORWARD', [9, 7]],
    ['ip filter MINE', [4]],
  ]);
});

test('what is no listing has no handles', () => {
  expect(readHandles('Error: syntax').size).toBe(0);
  expect(readHandles('{"nftables":[null,{"rule":{}}]}').size).toBe(0);
});
