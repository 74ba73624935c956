/** A change made by a remedy: what was run, what it touched, and how far it came. */
import type { Command } from '../model/change.ts';

/**
 * previewed: nothing was run; applied: run, not yet checked; awaiting-confirmation: checked, and taken back unless confirmed in time;
 * verified: checked and kept; rolled-back: taken back because it failed or did not help; undone: taken back on demand; failed: neither
 * applied nor taken back as a whole; interrupted: vethscope ended in the middle.
 */
export type ChangeState =
  | 'previewed'
  | 'applied'
  | 'awaiting-confirmation'
  | 'verified'
  | 'rolled-back'
  | 'undone'
  | 'failed'
  | 'interrupted';

/** One thing a change touches, as it is at one moment. */
export interface TouchedState {
  /** `chain DOCKER-USER of table filter (iptables)`, `sysctl net.ipv4.ip_forward`. */
  readonly what: string;
  /** Canonical: the same state gives the same text; counters and timers are left out. */
  readonly text: string;
}

export interface Change {
  /** Short, to be typed: `c7f3a1`. Absent when nothing was journaled (a preview, a refusal). */
  readonly id?: string;
  readonly finding: string;
  readonly title: string;
  readonly state: ChangeState;
  /** One sentence: why it was refused, failed or taken back; what to do next. */
  readonly detail?: string;
  /** To be run on the host itself, netns entered in front. */
  readonly commands: readonly (readonly string[])[];
  readonly undo: readonly (readonly string[])[];
  readonly before: readonly TouchedState[];
  readonly after: readonly TouchedState[];
  readonly findingGone: boolean;
  /** Absent when no connection was named. */
  readonly traceAgrees?: boolean;
  /** ISO 8601, when it began. */
  readonly at?: string;
  /** ISO 8601: taken back at that time unless confirmed. */
  readonly confirmBefore?: string;
}

/** What is to be done, as the journal keeps it. */
export interface Plan {
  readonly finding: string;
  readonly title: string;
  /** The remedy's number. */
  readonly remedy: number;
  readonly commands: readonly Command[];
  readonly undo: readonly Command[];
  /** The same as a person types them. */
  readonly shown: { readonly commands: readonly (readonly string[])[]; readonly undo: readonly (readonly string[])[] };
  /** The connection that is to work afterwards. */
  readonly ends?: { readonly from: string; readonly to: string };
}
