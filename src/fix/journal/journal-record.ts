/** What the journal's lines say. Each is on the disk before what it announces happens. */
import type { Plan } from '../change.ts';
import type { Touch } from '../state/touch.ts';

export interface Before {
  readonly touch: Touch;
  readonly text: string;
  /** The table a chain is part of, for repair by hand. */
  readonly whole?: string;
}

/** Why a change is taken back. */
export type UndoReason = 'rollback' | 'asked' | 'expired';

export type JournalEvent =
  | {
      readonly what: 'planned';
      readonly host: string;
      readonly boot: string;
      readonly plan: Plan;
      readonly before: readonly Before[];
      /** Seconds until it is taken back unless confirmed. */
      readonly confirmWithin?: number;
    }
  /** A process waits to take it back. */
  | { readonly what: 'armed'; readonly until: string }
  | { readonly what: 'running'; readonly step: number }
  | { readonly what: 'ran'; readonly step: number; readonly exitCode: number; readonly stderr: string }
  /** All commands ran; how each thing stands now, in the order of `before`. */
  | { readonly what: 'applied'; readonly after: readonly string[] }
  | { readonly what: 'checked'; readonly findingGone: boolean; readonly traceAgrees?: boolean; readonly note?: string }
  | { readonly what: 'awaiting' }
  /** Nothing more will happen to it by itself. */
  | { readonly what: 'kept' }
  | { readonly what: 'undoing'; readonly why: UndoReason }
  | { readonly what: 'undo-running'; readonly step: number }
  | { readonly what: 'undone'; readonly why: UndoReason; readonly detail?: string }
  | { readonly what: 'undo-failed'; readonly detail: string };

export type JournalRecord = JournalEvent & { readonly id: string; readonly at: string };
