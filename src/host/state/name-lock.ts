/** A lock between all processes of a netns, whoever runs them and wherever they keep their files; gone with its holder. */
import { createServer } from 'node:net';
import type { FileLock } from './file-lock.ts';

/** undefined: another process holds it. An abstract unix socket (unix(7)) leaves no file, and each netns has its own. */
export const tryNameLock = (name: string): Promise<FileLock | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      // Where there are no such names, the lock on the file has to do.
      resolve(error.code === 'EADDRINUSE' ? undefined : { release: async () => {} }),
    );
    server.listen({ path: `\0${name}` }, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
