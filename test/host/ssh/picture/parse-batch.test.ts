import { expect, test } from 'vitest';
import { parseBatch } from '../../../../src/host/ssh/picture/parse-batch.ts';
import { parseJsonValues } from '../../../../src/host/ssh/picture/parse-json-values.ts';

test('gives each answer to its command, also when one before it failed', () => {
  const text = '[{"a":1}]\nRTNETLINK answers: Operation not supported\nCommand failed -:2\n[]\n';
  expect(parseBatch(text, 4)).toEqual([
    { json: '[{"a":1}]' },
    { complaint: 'RTNETLINK answers: Operation not supported' },
    { json: '[]' },
    { complaint: 'no answer' },
  ]);
});

test('reads what ip prints of names with quotes and control characters', () => {
  const [first] = parseBatch('[{"ifname":"q\\\'q","ifalias":"a\u001b[2J\\\\"}]', 1);
  expect(JSON.parse(first?.json ?? '')).toEqual([{ ifname: "q'q", ifalias: 'a\u001b[2J\\' }]);
});

test('finds JSON values one after the other, with words between them', () => {
  const text = '{"a":"}{"}\ncurl: (52) Empty reply\n[1,{"b":"\\\\"}]{"c":"\\""}{"cut';
  expect(parseJsonValues(text)).toEqual([{ a: '}{' }, [1, { b: '\\' }], { c: '"' }]);
});
