import { expect, test } from 'vitest';
import { main } from '../../src/main.ts';

interface Answer {
  readonly id: number;
  readonly result: {
    readonly protocolVersion?: string;
    readonly tools?: readonly { readonly name: string; readonly inputSchema: object; readonly annotations: object }[];
    readonly content?: readonly [{ readonly type: 'text'; readonly text: string }];
    readonly structuredContent?: { readonly schema: string };
    readonly isError?: boolean;
  };
  readonly error?: { readonly code: number };
}

/** A client: says hello, asks, and hangs up. */
const converse = async (
  requests: readonly { readonly method: string; readonly params?: object }[],
  version = '2025-06-18',
): Promise<readonly Answer[]> => {
  const hello = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const messages = [
    { jsonrpc: '2.0', id: 0, method: 'initialize', params: hello },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    ...requests.map((request, at) => ({ jsonrpc: '2.0', id: at + 1, ...request })),
  ];
  let written = '';
  const code = await main(['mcp', '--recording', 'test/recordings/docker-28-standard'], {
    stdout: {
      isTTY: false,
      write: (text) => {
        written += text;
      },
    },
    stderr: { isTTY: false, write: () => {} },
    env: {},
    // A line may come in pieces, or with another.
    stdin: async function* () {
      const text = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
      for (let at = 0; at < text.length; at += 100) yield text.slice(at, at + 100);
    },
  });
  expect(code).toBe(0);
  return written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
};

const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } });
const textOf = (answer: Answer | undefined): string => answer?.result.content?.[0].text ?? '';

test('it greets in the version that was asked for, or offers its newest', async () => {
  expect((await converse([]))[0]?.result.protocolVersion).toBe('2025-06-18');
  expect((await converse([], '2024-11-05'))[0]?.result.protocolVersion).toBe('2024-11-05');
  expect((await converse([], '1999-01-01'))[0]?.result.protocolVersion).toBe('2025-06-18');
});

test('its tools are the read-only questions, each with a schema of what it takes', async () => {
  const [, answer] = await converse([{ method: 'tools/list' }]);
  const tools = answer?.result.tools ?? [];
  expect(tools.map(({ name }) => name)).toEqual(['list', 'locate', 'trace', 'doctor', 'rules', 'matrix', 'graph']);
  for (const { inputSchema, annotations } of tools) {
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(annotations).toMatchObject({ readOnlyHint: true });
  }
});

test('every tool answers with the text and the document of its command', async () => {
  const answers = await converse([
    call('list', { kind: 'containers' }),
    call('locate', { word: 'web1' }),
    call('trace', { from: 'web1', to: 'app1:80' }),
    call('doctor'),
    call('rules', { endpoint: 'web1' }),
    call('matrix'),
    call('graph'),
    { method: 'ping' },
  ]);
  expect(answers.map(({ result }) => result.structuredContent?.schema)).toEqual([
    undefined,
    ...['list', 'locate', 'trace', 'doctor', 'rules', 'matrix', 'graph'].map((name) => `vethscope.${name}/1`),
    undefined,
  ]);
  expect(textOf(answers[1])).toContain('web1');
  expect(textOf(answers[3])).toMatch(/web1 → app1:80/);
  expect(answers.at(-1)?.result).toEqual({});
});

test('a wrong question is answered in words, and a wrong method with a code', async () => {
  const answers = await converse([
    call('list', { kind: 'dogs' }),
    call('trace', { from: 'web1' }),
    call('locate', { word: 'nobody-here' }),
    call('trace', { from: 'web1', to: 'app1', shell: 'x' }),
    call('reboot'),
    { method: 'resources/list' },
  ]);
  const errors = answers.slice(1, 5).map((answer) => [answer.result.isError, textOf(answer)]);
  expect(errors).toEqual([
    [true, expect.stringContaining('dogs is none of containers')],
    [true, 'to: is missing'],
    [true, expect.stringContaining('nothing here goes by that name')],
    [true, expect.stringContaining('shell: no such argument')],
  ]);
  expect(answers.slice(5).map(({ error }) => error?.code)).toEqual([-32_602, -32_601]);
});
