/** Answers for the demo's containers as an engine would, on a socket that exists in the demo's own mount namespace only. */
import { createServer } from 'node:http';

export interface ServedEngine {
  close(): Promise<void>;
}

/** `/v1.41/containers/json?all=1` → `/containers/json`. */
const pathOf = (url: string): string => (url.split('?')[0] ?? '').replace(/^\/v\d+\.\d+(?=\/)/, '');

export const serveEngine = (socket: string, answers: ReadonlyMap<string, unknown>): Promise<ServedEngine> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const path = pathOf(request.url ?? '');
      if (path === '/events') {
        // Stays open: nothing ever happens to containers that are no engine's.
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
        return;
      }
      const body = answers.get(path);
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json', 'api-version': '1.41' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? { message: `no such object: ${path}` }));
    });
    server.once('error', reject);
    server.listen(socket, () => {
      // The program ends when its user does, not when this server does.
      server.unref();
      resolve({
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
