/** The thread that reads the kernel: starting it takes as long as loading a command, so it may be started before it is asked for. */
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type HostId, hostId } from '../../model/ids.ts';
import { type WorkerData, workerFlags } from './protocol.ts';

export interface WorkerThread {
  readonly host: HostId;
  readonly worker: Worker;
  /** The worker's flags: see `workerFlags`. */
  readonly flags: Int32Array;
}

/** How long the program waits at its end for a worker that is still loading. */
const LOADING_MS = 2000;

/** A thread that is ended while it loads koffi takes the whole process along: its initialisation cannot throw then (napi_throw fails, SIGABRT). */
const letItLoad = ({ worker, flags }: Omit<WorkerThread, 'host'>): void => {
  const wait = (): void => {
    Atomics.store(flags, workerFlags.stop, 1);
    Atomics.wait(flags, workerFlags.loaded, 0, LOADING_MS);
  };
  process.once('exit', wait);
  worker.once('exit', () => {
    Atomics.store(flags, workerFlags.loaded, 1);
    process.off('exit', wait);
  });
};

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const workerUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './netlink-worker.ts' : './netlink-worker.cjs', import.meta.url);

const startWorker = (host: HostId): WorkerThread => {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const data: WorkerData = { host, flags: flags.buffer as SharedArrayBuffer };
  // Not our own options: some (--input-type) would keep the worker from starting.
  const worker = new Worker(workerUrl(), { workerData: data, name: 'netlink', execArgv: [] });
  // An idle reader must not keep the process alive.
  worker.unref();
  letItLoad({ worker, flags });
  return { host, worker, flags };
};

let early: WorkerThread | undefined;

/** Starts the thread that the next takeWorker() of this machine, under its own name, gets. */
export const startWorkerEarly = (): void => {
  early ??= startWorker(hostId(hostname()));
};

export const takeWorker = (host: HostId): WorkerThread => {
  const started = early?.host === host ? early : undefined;
  if (started !== undefined) early = undefined;
  return started ?? startWorker(host);
};
