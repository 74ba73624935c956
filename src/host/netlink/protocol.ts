/** What the reader and its worker say to each other: raw kernel answers in transferred buffers, everything else small. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Netns, NetnsHolder, NsidEntry } from '../../model/netns.ts';
import type { NetnsPart } from '../host.ts';

/** One kernel list. `names` is a link list without statistics, read when only links' names are needed. */
export type RawPart =
  | 'links'
  | 'names'
  | 'addresses'
  | 'routes'
  | 'routes6'
  | 'policyRules'
  | 'neighbours'
  | 'proxies'
  | 'fdb'
  | 'vlans';

/** [start, end) of each list in the chunk's buffer. */
export type RawRanges = Partial<Record<RawPart, readonly [number, number]>>;

export interface RawNetns {
  readonly id: NetnsId;
  readonly ranges: RawRanges;
  /** Facts that needed no netlink decoding, or that the worker decodes itself. */
  readonly facts: Partial<Pick<Netns, 'sysctls' | 'sockets' | 'conntrack' | 'ruleset'>> & Partial<Netns>;
}

export interface NetnsIdentity {
  readonly id: NetnsId;
  readonly dev: number;
  readonly inode: number;
  readonly isHost: boolean;
  readonly names: readonly string[];
  readonly holders: readonly NetnsHolder[];
  readonly nsids: readonly NsidEntry[];
}

export interface WorkerTimings {
  readonly discoverMs: number;
  readonly kernelMs: number;
  readonly nsidMs: number;
}

export type ToWorker =
  | {
      readonly kind: 'read';
      readonly read: number;
      readonly parts: readonly NetnsPart[];
      readonly only?: readonly NetnsId[];
      readonly enginePids: readonly number[];
      readonly search: 'quick' | 'full';
    }
  | { readonly kind: 'follow'; readonly parts: readonly NetnsPart[]; readonly signalled: boolean }
  | { readonly kind: 'drain' }
  | { readonly kind: 'unfollow' }
  /** All links of one netns again: one of them was renamed, and others are told by its name. */
  | { readonly kind: 'relink'; readonly netns: NetnsId }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'chunk'; readonly read: number; readonly buffer: ArrayBuffer; readonly netns: readonly RawNetns[] }
  | {
      readonly kind: 'done';
      readonly read: number;
      readonly netns: readonly NetnsIdentity[];
      readonly gaps: readonly Gap[];
      readonly timings: WorkerTimings;
    }
  | { readonly kind: 'following'; readonly gaps: readonly Gap[] }
  | { readonly kind: 'unfollowed' }
  | { readonly kind: 'drained' }
  | { readonly kind: 'events'; readonly buffer: ArrayBuffer; readonly events: readonly RawEvent[] };

/** What the worker tells while following. Ranges point into the buffer of the same message. */
export type RawEvent =
  | {
      readonly kind: 'links';
      readonly netns: NetnsId;
      readonly ranges: readonly (readonly [number, number])[];
      readonly gone: readonly number[];
    }
  | { readonly kind: 'facts'; readonly raw: RawNetns; readonly parts: readonly NetnsPart[] }
  | { readonly kind: 'appeared'; readonly identity: NetnsIdentity; readonly raw: RawNetns }
  | { readonly kind: 'gone'; readonly netns: NetnsId }
  | { readonly kind: 'resync'; readonly why: string }
  | { readonly kind: 'gap'; readonly gap: Gap };

export interface WorkerData {
  readonly host: string;
  /** Two Int32, by `workerFlags`. */
  readonly flags: SharedArrayBuffer;
}

/** `stop`: not 0 means stop what you are doing. `loaded`: 1 as soon as the worker has loaded its code, and may be ended. */
export const workerFlags = { stop: 0, loaded: 1 } as const;
