/** What the kernel did with a real packet, in the shape of a trace, and whether the model had said so. */
import type { Gap } from '../model/gap.ts';
import type { Direction, Outcome, Step, Trace } from '../trace/trace.ts';

/** `cannot-tell`: what was seen fits, but does not prove it, or one of the two does not know. */
export type Agreement = 'agrees' | 'disagrees' | 'cannot-tell';

export interface LiveAccount {
  readonly outcome: Outcome;
  /** One sentence: what was sent and what became of it. */
  readonly explanation: string;
  readonly decidedBy?: Step;
  readonly request: Direction;
  /** Absent: nothing of a reply was seen. */
  readonly reply?: Direction;
  readonly agreement: Agreement;
  /** One sentence. */
  readonly why: string;
  /** What could not be watched. */
  readonly gaps: readonly Gap[];
}

export interface ProvenTrace {
  readonly trace: Trace;
  readonly live: LiveAccount;
}
