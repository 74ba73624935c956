/** The worker: the only thread that enters netns. It reads raw, the main thread decodes. */
import { parentPort, workerData } from 'node:worker_threads';
import { readAll } from './kernel/read-all.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('netlink-worker is a worker');
const { host } = workerData as WorkerData;

const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, [...transfer]);

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'read': {
      const { read } = message;
      const { identities, gaps, timings } = readAll({ host, ...message }, (buffer, netns) =>
        post({ kind: 'chunk', read, buffer, netns }, [buffer]),
      );
      post({ kind: 'done', read, netns: identities, gaps, timings });
      return;
    }
    case 'follow':
    case 'drain':
    case 'unfollow':
      return;
  }
});
