/** The main thread's handle to the one worker that reads the kernel: netns, their links, routes, sockets, and what changes. */
import { Worker } from 'node:worker_threads';
import type { Gap } from '../../model/gap.ts';
import type { HostId, NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostEvent, NetnsPart } from '../host.ts';
import { decodeRawNetns } from './decode/raw-netns.ts';
import { readNameTables } from './name-files.ts';
import type { FromWorker, NetnsIdentity, ToWorker, WorkerData, WorkerTimings } from './protocol.ts';

export interface ReadRequest {
  /** Of `ruleset` only `present` is filled: the texts need the tools. */
  readonly parts: readonly NetnsPart[];
  readonly only?: readonly NetnsId[];
  /** Process ids whose mount namespaces may hold nsfs mounts we do not see (container engines). */
  readonly enginePids?: readonly number[];
  /**
   * `full` also looks at every thread, descriptor and socket of every process: finds netns that nothing else holds, and all holders.
   * `quick` stops at processes and mounts, and goes on only if some nsid stays unexplained. Default `full`.
   */
  readonly search?: 'quick' | 'full';
}

/** Where the time of a read went, for the command log and the bench. */
export interface ReadTimings {
  readonly discoverMs: number;
  readonly kernelMs: number;
  readonly nsidMs: number;
  readonly decodeMs: number;
  readonly totalMs: number;
  readonly netnsCount: number;
  readonly bytes: number;
}

export interface ReadAnswer {
  /** The host's own netns first, then by inode. */
  readonly netns: readonly Netns[];
  readonly gaps: readonly Gap[];
  readonly timings: ReadTimings;
}

export interface ReaderFollowing {
  readonly gaps: readonly Gap[];
  stop(): Promise<void>;
}

export interface Reader {
  /** Never rejects for the machine's sake: what could not be read is a gap. Rejects only after close(). */
  read(request: ReadRequest): Promise<ReadAnswer>;
  /** Events of every netns with an nsid in the host netns; netns without one are found by the next read(). */
  follow(parts: readonly NetnsPart[], listener: (events: readonly HostEvent[]) => void): Promise<ReaderFollowing>;
  /** Ends the worker; promptly, also when it is in the middle of a read. Safe to call twice. */
  close(): Promise<void>;
}

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const workerUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './netlink-worker.ts' : './netlink-worker.js', import.meta.url);

interface Pending {
  readonly parts: readonly NetnsPart[];
  readonly began: number;
  readonly facts: Map<NetnsId, Partial<Netns>>;
  readonly gaps: Gap[];
  decodeMs: number;
  bytes: number;
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
}

const finish = (
  pending: Pending,
  netns: readonly NetnsIdentity[],
  gaps: readonly Gap[],
  timings: WorkerTimings,
): ReadAnswer => ({
  netns: netns.map((identity) => ({ ...identity, ...pending.facts.get(identity.id) })),
  gaps: [...gaps, ...pending.gaps],
  timings: {
    ...timings,
    decodeMs: pending.decodeMs,
    totalMs: performance.now() - pending.began,
    netnsCount: netns.length,
    bytes: pending.bytes,
  },
});

export const startReader = ({ host }: { readonly host: HostId }): Reader => {
  const data: WorkerData = { host };
  const worker = new Worker(workerUrl(), { workerData: data, name: 'netlink' });
  // An idle reader must not keep the process alive.
  worker.unref();
  const names = readNameTables();
  const pending = new Map<number, Pending>();
  let reads = 0;
  let closed = false;

  const post = (message: ToWorker): void => worker.postMessage(message);

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'chunk': {
        const read = pending.get(message.read);
        if (read === undefined) return;
        const began = performance.now();
        for (const raw of message.netns) {
          const decoded = decodeRawNetns(message.buffer, raw, read.parts, names);
          read.facts.set(raw.id, decoded.facts);
          read.gaps.push(...decoded.gaps);
        }
        read.decodeMs += performance.now() - began;
        read.bytes += message.buffer.byteLength;
        return;
      }
      case 'done': {
        const read = pending.get(message.read);
        pending.delete(message.read);
        if (pending.size === 0) worker.unref();
        read?.resolve(finish(read, message.netns, message.gaps, message.timings));
        return;
      }
      case 'following':
      case 'events':
        return;
    }
  });

  const failAll = (error: Error): void => {
    for (const read of pending.values()) read.reject(error);
    pending.clear();
  };
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error('the netlink worker has ended')));

  return {
    read: ({ parts, only, enginePids = [], search = 'full' }) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the reader is closed'));
        const read = ++reads;
        pending.set(read, {
          parts,
          began: performance.now(),
          facts: new Map(),
          gaps: [],
          decodeMs: 0,
          bytes: 0,
          resolve,
          reject,
        });
        worker.ref();
        post({ kind: 'read', read, parts, enginePids, search, ...(only === undefined ? {} : { only }) });
      }),
    follow: () => Promise.resolve({ gaps: [], stop: () => Promise.resolve() }),
    close: async () => {
      closed = true;
      await worker.terminate();
    },
  };
};
