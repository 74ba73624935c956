import { expect, test } from 'vitest';
import { answerLine, errorCodes, requestError } from '../../../src/main/mcp/json-rpc.ts';

const handle = async (method: string): Promise<unknown> => {
  if (method === 'refuse') throw requestError(errorCodes.params, 'not like this');
  if (method === 'break') throw new Error('broken');
  return { method };
};
const ask = async (message: unknown): Promise<unknown> => {
  const line = await answerLine(typeof message === 'string' ? message : JSON.stringify(message), handle);
  return line === undefined ? undefined : JSON.parse(line);
};
const error = (id: unknown, code: number) => ({ jsonrpc: '2.0', id, error: { code, message: expect.any(String) } });

test('a request is answered under its id', async () => {
  expect(await ask({ jsonrpc: '2.0', id: 'x', method: 'ping' })).toEqual({
    jsonrpc: '2.0',
    id: 'x',
    result: { method: 'ping' },
  });
});
test('a notification is never answered, not even when it fails', async () => {
  expect(await ask({ jsonrpc: '2.0', method: 'notifications/initialized' })).toBeUndefined();
  expect(await ask({ jsonrpc: '2.0', method: 'break' })).toBeUndefined();
});
test.each([
  ['no JSON', '{', error(null, -32_700)],
  ['no object', '7', error(null, -32_600)],
  ['another version', { id: 1, method: 'ping' }, error(1, -32_600)],
  ['params that are no object', { jsonrpc: '2.0', id: 1, method: 'ping', params: 3 }, error(1, -32_602)],
  ['what is refused', { jsonrpc: '2.0', id: 1, method: 'refuse' }, error(1, -32_602)],
  ['what breaks', { jsonrpc: '2.0', id: 1, method: 'break' }, error(1, -32_603)],
  ['an empty batch', [], error(null, -32_600)],
])('%s is an error of its own', async (_name, message, expected) => {
  expect(await ask(message)).toEqual(expected);
});
test('a batch is answered as one, without its notifications', async () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'a' },
    { jsonrpc: '2.0', method: 'b' },
    { jsonrpc: '2.0', id: 2, method: 'c' },
  ];
  expect(await ask(batch)).toMatchObject([{ id: 1 }, { id: 2 }]);
});
