/** The main thread's handle to the one worker that reads the kernel: netns, their links, routes, sockets, and what changes. */
import type { Gap } from '../../model/gap.ts';
import type { HostId, NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostEvent, NetnsPart } from '../host.ts';

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

export const startReader = (_options: { readonly host: HostId }): Reader => {
  throw new Error('startReader: being built');
};
