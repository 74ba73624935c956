/** The thread that reads the kernel: starting it takes as long as loading a command, so it may be started before it is asked for. */
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type HostId, hostId } from '../../model/ids.ts';
import type { WorkerData } from './protocol.ts';

export interface WorkerThread {
  readonly host: HostId;
  readonly worker: Worker;
  /** Set to 1: end as soon as possible. */
  readonly stop: Int32Array;
}

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const workerUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './netlink-worker.ts' : './netlink-worker.cjs', import.meta.url);

const startWorker = (host: HostId): WorkerThread => {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const data: WorkerData = { host, stop: stop.buffer as SharedArrayBuffer };
  // Not our own options: some (--input-type) would keep the worker from starting.
  const worker = new Worker(workerUrl(), { workerData: data, name: 'netlink', execArgv: [] });
  // An idle reader must not keep the process alive.
  worker.unref();
  return { host, worker, stop };
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
