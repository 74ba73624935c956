/** The main thread's handle to the one worker that reads the kernel: netns, their links, routes, sockets, and what changes. */
import type { Gap } from '../../model/gap.ts';
import type { HostId, NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostEvent, NetnsPart } from '../host.ts';
import { decodeRawNetns } from './decode/raw-netns.ts';
import { type EventDecoder, type LinkNames, newEventDecoder } from './following.ts';
import { readNameTables } from './name-files.ts';
import type { FromWorker, NetnsIdentity, RawNetns, ToWorker, WorkerTimings } from './protocol.ts';
import { endWorker, newDrain } from './worker-control.ts';
import { takeWorker } from './worker-thread.ts';

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

const heard = (): void => {};

export const startReader = ({ host }: { readonly host: HostId }): Reader => {
  const { worker, flags } = takeWorker(host);
  const names = readNameTables();
  const links: LinkNames = new Map();
  const pending = new Map<number, Pending>();
  let reads = 0;
  let held = 0;
  let closed: Promise<void> | undefined;
  let following:
    | { readonly decoder: EventDecoder; readonly listener: (events: readonly HostEvent[]) => void }
    | undefined;
  let onFollowing: ((gaps: readonly Gap[]) => void) | undefined;
  let onUnfollowed: (() => void) | undefined;
  const drain = newDrain(() => post({ kind: 'drain' }));

  const post = (message: ToWorker): void => worker.postMessage(message);

  /** While somebody waits for an answer the worker keeps the process alive; an idle one does not. */
  const holding = <T>(answer: Promise<T>): Promise<T> => {
    if (++held === 1) worker.ref();
    return answer.finally(() => {
      if (--held === 0) worker.unref();
    });
  };

  const takeChunk = (read: Pending, buffer: ArrayBuffer, chunk: readonly RawNetns[]): void => {
    const began = performance.now();
    for (const raw of chunk) {
      const decoded = decodeRawNetns(buffer, raw, read.parts, names);
      read.facts.set(raw.id, decoded.facts);
      read.gaps.push(...decoded.gaps);
      if (decoded.links.size > 0) links.set(raw.id, new Map(decoded.links));
    }
    read.decodeMs += performance.now() - began;
    read.bytes += buffer.byteLength;
  };

  const take = (message: FromWorker): void => {
    switch (message.kind) {
      case 'chunk': {
        const read = pending.get(message.read);
        if (read !== undefined) takeChunk(read, message.buffer, message.netns);
        return;
      }
      case 'done': {
        const read = pending.get(message.read);
        pending.delete(message.read);
        following?.decoder.forget(message.netns.map(({ id }) => id));
        read?.resolve(finish(read, message.netns, message.gaps, message.timings));
        return;
      }
      case 'following':
        onFollowing?.(message.gaps);
        return;
      case 'unfollowed':
        onUnfollowed?.();
        return;
      case 'drained':
        drain.done();
        return;
      case 'events': {
        const events = following?.decoder.decode(message.buffer, message.events) ?? [];
        if (events.length > 0) following?.listener(events);
        return;
      }
    }
  };
  worker.on('message', take);

  const failAll = (error: Error): void => {
    for (const read of pending.values()) read.reject(error);
    pending.clear();
    onFollowing?.([{ source: 'netlink events', reason: 'invalid', detail: error.message }]);
    onUnfollowed?.();
  };
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error('the netlink worker has ended')));

  const unfollow = (): Promise<void> =>
    holding(
      new Promise((resolve) => {
        following = undefined;
        if (closed !== undefined) return resolve();
        onUnfollowed = resolve;
        post({ kind: 'unfollow' });
      }),
    );

  return {
    read: ({ parts, only, enginePids = [], search = 'full' }) =>
      holding(
        new Promise((resolve, reject) => {
          if (closed !== undefined) return reject(new Error('the reader is closed'));
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
          post({ kind: 'read', read, parts, enginePids, search, ...(only === undefined ? {} : { only }) });
        }),
      ),
    follow: (parts, listener) =>
      holding(
        new Promise((resolve, reject) => {
          if (closed !== undefined) return reject(new Error('the reader is closed'));
          const decoder = newEventDecoder(parts, names, links, (netns) => post({ kind: 'relink', netns }));
          following = { decoder, listener };
          onFollowing = (gaps) => resolve({ gaps, stop: unfollow });
          // Before the sockets exist: SIGIO without a handler ends the process.
          process.off('SIGIO', drain.ask).on('SIGIO', drain.ask);
          // The same signal's other name: a library that ends the program on it does so only where nobody else listens.
          process.off('SIGPOLL', heard).on('SIGPOLL', heard);
          post({ kind: 'follow', parts, signalled: true });
        }),
      ),
    close: () => {
      closed ??= endWorker(worker, flags).then((how) => {
        // A stuck worker leaves its sockets signalling: SIGIO without a handler would end the process.
        if (how === 'ended') process.off('SIGIO', drain.ask).off('SIGPOLL', heard);
      });
      return closed;
    },
  };
};
