/** The server's side of the Model Context Protocol: who we are, which tools there are, and their answers. */
import packageJson from '../../../package.json' with { type: 'json' };
import type { Session } from '../../session.ts';
import { printable } from '../../std/printable.ts';
import { errorCodes, type Handler, requestError } from './json-rpc.ts';
import { type Tool, type ToolAnswer, tools } from './tools.ts';

/** Newest first. A client that speaks none of them is told the newest, and leaves. */
export const protocolVersions = ['2025-06-18', '2025-03-26', '2024-11-05'] as const;

const instructions =
  'Answers about the network of this container host: who is wired to whom, how a packet goes, what is wrong. Everything is read-only. What could not be seen stands in `gaps`; `unknown` is an honest answer.';

const initialize = (params: Readonly<Record<string, unknown>>) => {
  const asked = params['protocolVersion'];
  const version = protocolVersions.find((one) => one === asked) ?? protocolVersions[0];
  return {
    protocolVersion: version,
    capabilities: { tools: { listChanged: false } },
    serverInfo: { name: 'vethscope', title: 'vethscope', version: packageJson.version },
    instructions,
  };
};

const describe = ({ name, description, takes, needs }: Tool) => ({
  name,
  description,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(takes).map(([key, { about, choices }]) => [
        key,
        { type: 'string', description: about, ...(choices === undefined ? {} : { enum: choices }) },
      ]),
    ),
    required: needs,
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
});

/** Wrong arguments are a mistake of the one who asks: they are told, not thrown. */
const readValues = (tool: Tool, given: unknown): Readonly<Record<string, string>> | { readonly wrong: string } => {
  if (given !== undefined && (typeof given !== 'object' || given === null)) return { wrong: 'arguments is an object' };
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    const taken = tool.takes[name];
    if (taken === undefined)
      return { wrong: `${name}: no such argument (there are ${Object.keys(tool.takes).join(', ')})` };
    if (typeof value !== 'string' && typeof value !== 'number') return { wrong: `${name}: a text is wanted` };
    const text = String(value);
    if (taken.choices !== undefined && !taken.choices.includes(text))
      return { wrong: `${name}: ${text} is none of ${taken.choices.join(', ')}` };
    values[name] = text;
  }
  const missing = tool.needs.find((name) => values[name] === undefined);
  return missing === undefined ? values : { wrong: `${missing}: is missing` };
};

const content = (answer: ToolAnswer) =>
  'error' in answer
    ? { content: [{ type: 'text', text: printable(answer.error) }], isError: true }
    : { content: [{ type: 'text', text: answer.text }], structuredContent: answer.document };

export const createHandler = (session: Session): Handler => {
  const call = async (params: Readonly<Record<string, unknown>>) => {
    const tool = tools.find(({ name }) => name === params['name']);
    if (tool === undefined) throw requestError(errorCodes.params, `${String(params['name'])}: no such tool`);
    const values = readValues(tool, params['arguments']);
    if ('wrong' in values) return content({ error: String(values.wrong) });
    const { graph, gaps } = session.state();
    if (graph === undefined) return content({ error: gaps[0]?.detail ?? 'nothing could be read' });
    return content(await tool.answer(values, graph, session));
  };
  return async (method, params) => {
    switch (method) {
      case 'initialize':
        return initialize(params);
      case 'ping':
        return {};
      case 'tools/list':
        return { tools: tools.map(describe) };
      case 'tools/call':
        return call(params);
      default:
        if (method.startsWith('notifications/')) return undefined;
        throw requestError(errorCodes.noMethod, `${method}: no such method`);
    }
  };
};
