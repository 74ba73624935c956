/** What can be asked of a machine, whichever way it is reached. `ask` and `follow` change nothing on it; `change` does. */
import type { Command, CommandResult } from '../model/change.ts';
import type { EngineKind } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { HostId, NetnsId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Netns } from '../model/netns.ts';
import type { HostFacts } from '../model/snapshot.ts';
import type { CaptureEvent, CaptureOrder, CaptureRefused, Capturing } from './capture/capture-order.ts';
import type { ProbeOrder, ProbeRecord } from './live/live-order.ts';
import type { RunningWatch, WatchEvent, WatchOrder } from './live/watch-order.ts';

/** The parts of a Netns that can be asked for. Holders, names and nsids always come. */
export type NetnsPart =
  | 'links'
  /** Links without counters, queue sizes and, but for a port's state, the data of bridges and their ports: all that telling them apart takes, at half the price. */
  | 'briefLinks'
  | 'addresses'
  | 'routes'
  | 'policyRules'
  | 'neighbours'
  | 'fdb'
  | 'vlans'
  | 'sysctls'
  | 'sockets'
  | 'conntrack'
  | 'ruleset';

/** An engine's own words, parsed by `collect/` only: bodies of its API. */
export interface EngineAnswers {
  readonly kind: EngineKind;
  readonly socket: string;
  readonly pid?: number;
  /** What the daemon was told at its start and its API does not tell; absent when it could not be read. */
  readonly settings?: DaemonSettings;
  readonly version: unknown;
  readonly info: unknown;
  /** `GET /containers/ID/json` of every container, all states. */
  readonly containers: readonly unknown[];
  /** `GET /networks/ID` of every network. */
  readonly networks: readonly unknown[];
}

export interface DaemonSettings {
  /** The daemon's arguments, without its own name. */
  readonly args: readonly string[];
  /** Its settings file (daemon.json) as JSON; null when there is none; absent when it was changed since the daemon began. */
  readonly file?: unknown;
}

export interface ContainerFiles {
  readonly fullId: string;
  readonly resolvConf?: string;
  readonly hosts?: string;
}

/** Rows of its database as OVSDB's JSON has them (RFC 7047 §5.1), and the flows of its bridges as ovs-ofctl prints them. */
export interface OvsAnswer {
  readonly tables: Readonly<Record<string, readonly unknown[]>>;
  /** Bridge → text; a bridge whose flows could not be read is left out. */
  readonly flows: Readonly<Record<string, string>>;
}

/** Each question with the type of its answer. */
export interface Questions {
  /** hostname, kernel, privileges, tools. */
  readonly host: { readonly question: { readonly about: 'host' }; readonly answer: HostFacts };
  /** Every netns there is (or only those named), with the parts wanted. One round trip. */
  readonly netns: {
    readonly question: {
      readonly about: 'netns';
      readonly parts: readonly NetnsPart[];
      readonly only?: readonly NetnsId[];
      /**
       * `quick` looks at processes and mounts, and further only where an nsid stays unexplained; `full` (default) also at every thread,
       * descriptor and socket: it finds netns nothing else holds, and all holders.
       */
      readonly search?: 'quick' | 'full';
      /** Process ids whose mount namespaces may hold nsfs mounts we do not see (container engines). */
      readonly enginePids?: readonly number[];
    };
    readonly answer: readonly Netns[];
  };
  /** Every engine that answers, or the one named. `[]` when there is none: that is no gap. */
  readonly engines: {
    readonly question: {
      readonly about: 'engines';
      readonly engine?: EngineKind | 'none';
      readonly socket?: string;
      /** Only these containers and networks (full ids), for a refresh after events; those that are gone are left out. */
      readonly only?: { readonly containers: readonly string[]; readonly networks: readonly string[] };
    };
    readonly answer: readonly EngineAnswers[];
  };
  /** resolv.conf and hosts of containers, read through /proc/PID/root. */
  readonly containerFiles: {
    readonly question: {
      readonly about: 'containerFiles';
      readonly containers: readonly { readonly fullId: string; readonly pid: number }[];
    };
    readonly answer: readonly ContainerFiles[];
  };
  /** null when there is none: that is no gap. */
  readonly openVswitch: { readonly question: { readonly about: 'openVswitch' }; readonly answer: OvsAnswer | null };
}

export type Question = Questions[keyof Questions]['question'];
export type AnswerTo<Q extends Question> = Extract<
  Questions[keyof Questions],
  { question: { about: Q['about'] } }
>['answer'];

/** An answer never throws: what could not be read is a gap beside what could. `value` is absent when nothing could. */
export interface Answer<T> {
  readonly value?: T;
  readonly gaps: readonly Gap[];
}

/** What happened on the machine after `follow` began, in the order it happened. */
export type HostEvent =
  | { readonly kind: 'netns-appeared'; readonly netns: Netns }
  | { readonly kind: 'netns-gone'; readonly id: NetnsId }
  /** Links that changed, whole, and ifindexes that went. */
  | {
      readonly kind: 'links';
      readonly netns: NetnsId;
      readonly changed: readonly Link[];
      readonly gone: readonly number[];
    }
  /** Lists of one netns that were read again; each replaces the old list whole. */
  | { readonly kind: 'facts'; readonly netns: NetnsId; readonly facts: Partial<Netns> }
  /** An engine said something; `about` names what should be asked again. */
  | {
      readonly kind: 'engine';
      readonly socket: string;
      readonly about: 'container' | 'network' | 'daemon';
      readonly action: string;
      readonly id: string;
    }
  /** Events were lost (ENOBUFS, a reconnect): ask everything again. */
  | { readonly kind: 'resync'; readonly why: string }
  | { readonly kind: 'gap'; readonly gap: Gap };

export interface FollowOptions {
  /** Which parts of a netns to keep current; a part not named is not read again. */
  readonly parts: readonly NetnsPart[];
  readonly engines: readonly { readonly kind: EngineKind; readonly socket: string }[];
}

export interface Following {
  /** What cannot be followed, so must be refreshed by hand. */
  readonly gaps: readonly Gap[];
  stop(): Promise<void>;
}

/** One line of the command log: what was run or asked to answer, for `-v` and the command log view. */
export interface AskedEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Human words: `iptables-save -c (in netns web)`, `GET /containers/json`, `netlink: links, routes of 1003 netns`. */
  readonly what: string;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'gap' | 'failed';
  readonly detail?: string;
}

export interface GuardOrder {
  /** The change's id. */
  readonly id: string;
  readonly seconds: number;
  /** Each is run, whatever became of those before it. */
  readonly revert: readonly Command[];
}

export interface Guard {
  /** False: it has taken the change back already, or it can no longer be told. */
  keep(): Promise<boolean>;
  /** From now on only the time counts, not the connection. */
  wait(): Promise<boolean>;
}

export interface Host {
  readonly id: HostId;
  /** False for a recording: nothing can be changed or followed. */
  readonly live: boolean;
  /** ISO 8601 time a recording was made; absent for a live host. */
  readonly recordedAt?: string;
  ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>>;
  follow(options: FollowOptions, listener: (events: readonly HostEvent[]) => void): Promise<Following>;
  change(command: Command): Promise<CommandResult>;
  /**
   * Sends one packet and watches what the kernel does with it; what it adds for that (tables, a tracing instance) is its own and gone afterwards,
   * however this process ends. Absent where a host cannot: recordings.
   */
  probe?(order: ProbeOrder, tell: (progress: string) => void): Promise<ProbeRecord | { readonly error: string }>;
  /**
   * Tells what the kernel does with a flow, or what it drops of everybody, until the time is over or `stop`; what it adds for that (tables,
   * a BPF program) is its own and gone afterwards, however this process ends. Absent where a host cannot: recordings.
   */
  watch?(order: WatchOrder, listener: (event: WatchEvent) => void): RunningWatch;
  /**
   * Copies packets of several links at once; nothing on the machine is changed, and readers end with this process, however it ends.
   * Resolves when every tap is ready or has ended; packets reach the listener until `stop`. Absent where a host cannot: recordings.
   */
  capture?(order: CaptureOrder, listener: (event: CaptureEvent) => void): Promise<Capturing | CaptureRefused>;
  /**
   * Leaves somebody on the machine who runs `revert` there when the connection to it is cut while the change is being made, or when `seconds` have
   * passed without its having been kept. Absent where changes need no connection: a process of this program does it.
   */
  guard?(order: GuardOrder): Promise<Guard | { readonly error: string }>;
  /** Tells the guard of an earlier change to let it be. `unknown`: there is none. */
  settleGuard?(id: string): Promise<'kept' | 'reverted' | 'reverting' | 'unknown'>;
  /** /proc/sys/kernel/random/boot_id there; absent: this machine's own. */
  bootId?(): Promise<string>;
  /** Called for everything asked or changed, until close. */
  onAsked(listener: (entry: AskedEntry) => void): void;
  /** Ends the worker, open connections and children. Safe to call twice. */
  close(): Promise<void>;
}
