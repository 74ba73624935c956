/** An engine's API on a unix socket of our own, answering as a test says: fast, slow, nonsense, or not at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type FakeAnswer = unknown | ((request: IncomingMessage, response: ServerResponse) => void);

export interface FakeEngine {
  readonly socket: string;
  /** Paths asked, in order, with their API version. */
  readonly asked: string[];
  /** Most requests that were being answered at the same time. */
  readonly mostAtOnce: () => number;
  stop(): Promise<void>;
}

/** `answers`: path without API version → JSON, or a function that answers itself. Other paths are 404. */
export async function startFakeEngine(answers: Readonly<Record<string, FakeAnswer>>, at?: string): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
  const socket = at ?? join(folder, 'engine.sock');
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    most = Math.max(most, ++now);
    response.on('close', () => {
      now -= 1;
    });
    const answer = answers[path.replace(/^\/v[\d.]+/, '')];
    if (typeof answer === 'function') return void answer(request, response);
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = answer === undefined ? 404 : 200;
    // A turn of the event loop later, so that requests side by side can be seen.
    setTimeout(() => response.end(JSON.stringify(answer ?? { message: 'no such object' })), 2);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    asked,
    mostAtOnce: () => most,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
