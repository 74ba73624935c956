/** What a check is: one problem, how it shows, and what it must not be confused with. */

import type { Ending, FlowKind, Problem, Severity } from './finding.ts';
import type { HostView } from './host-view.ts';
import type { NetnsPart } from './part.ts';

export interface Check {
  /** Kebab-case, the file's name. */
  readonly id: string;
  /** The highest severity it reports, or the usual one. */
  readonly severity: Severity;
  /** What goes wrong and why, two or three sentences: the page a person reads. */
  readonly about: string;
  /** What looks alike and is no fault; each is a test of this check. */
  readonly not: readonly string[];
  /** Public threads, man pages, kernel or engine symbols. */
  readonly references: readonly string[];
  /** Decides before others whether they make sense at all. */
  readonly gate?: true;
  /** Compares with an earlier picture, and is silent without one. */
  readonly comparesPictures?: true;
  /** Parts of the engine's netns without which it cannot decide: then it says so as a gap and stays silent. */
  readonly needs: readonly NetnsPart[];
  /** Checks whose findings are only consequences of this one where they share an affected object. */
  readonly hides?: readonly string[];
  /** It breaks answers alone: what stops a request in the same netns has another cause. */
  readonly breaksAnswers?: true;
  /** It breaks connections of these kinds alone; absent: any. */
  readonly breaks?: readonly FlowKind[];
  /**
   * How far the packets that go wrong because of it may get: what a rule stops is a consequence only of what leads packets to that rule. Absent: they
   * find no route, no neighbour, no way through a link.
   */
  readonly leadsTo?: Ending;
  /** Long work of `find`, done before it in pieces; what it found out must be kept with the view. */
  prepare?(view: HostView): Generator<void>;
  /** What it left out, in words; undefined: nothing. Told as a gap. */
  unasked?(view: HostView): string | undefined;
  find(view: HostView): readonly Problem[];
}
