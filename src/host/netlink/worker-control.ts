/** Two small protocols with the worker: asking it to drain its sockets, never twice at once, and ending it. */
import type { Worker } from 'node:worker_threads';
import { type ToWorker, workerFlags } from './protocol.ts';

/** What close() waits at most for the worker to end by itself; then it is ended. */
const CLOSE_MS = 300;

/** Asks for a drain now, and once more when something arrived while one was under way. */
export const newDrain = (start: () => void): { ask(): void; done(): void } => {
  let busy = false;
  let again = false;
  return {
    ask: () => {
      again = busy;
      if (busy) return;
      busy = true;
      start();
    },
    done: () => {
      busy = again;
      again = false;
      if (busy) start();
    },
  };
};

/** The worker closes its sockets (an open one with O_ASYNC would go on signalling) and ends by itself; a stuck one is ended. */
export const endWorker = (worker: Worker, flags: Int32Array): Promise<'ended' | 'stuck'> =>
  new Promise((resolve) => {
    Atomics.store(flags, workerFlags.stop, 1);
    let stuck = false;
    const timer = setInterval(() => {
      // One that still loads gets the message as soon as it has.
      if (Atomics.load(flags, workerFlags.loaded) === 0) return;
      stuck = true;
      void worker.terminate();
    }, CLOSE_MS);
    worker.once('exit', () => {
      clearInterval(timer);
      resolve(stuck ? 'stuck' : 'ended');
    });
    worker.postMessage({ kind: 'close' } satisfies ToWorker);
  });
