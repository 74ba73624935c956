/** `vethscope mcp`: answers the read-only questions as a Model Context Protocol server until its input ends. */
import { openSession, type RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { answerLine } from './mcp/json-rpc.ts';
import { createHandler } from './mcp/serve.ts';

/** A line nobody ends must not fill the memory. */
const lineLimit = 1024 * 1024;

async function* linesOf(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > lineLimit) text = '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (text.trim() !== '') yield text;
}

export const runMcp: RunCommand = async (input) => {
  const { io } = input;
  const session = await openSession(input, undefined, true);
  try {
    // The first question waits for the picture; the greeting need not.
    const ready = session.start({ follow: true });
    const handle = createHandler(session);
    const lines = io.stdin === undefined ? [] : linesOf(io.stdin());
    for await (const line of lines) {
      const answer = await answerLine(line, async (method, params) => {
        if (method === 'tools/call') await ready;
        return handle(method, params);
      });
      if (answer !== undefined) io.stdout.write(`${answer}\n`);
    }
    return exitCodes.yes;
  } finally {
    await session.close();
  }
};
