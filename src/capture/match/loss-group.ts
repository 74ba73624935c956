/** Many lost packets as one story: the same connection's, in the same direction, on the same stretch. */
import type { LossCandidate, PathDirection, SeenTuple } from './sighting.ts';

export interface LossGroup {
  /** unanswered: all of it passed the last point, and nothing of the connection came back by any. */
  readonly kind: 'lost' | 'unanswered';
  readonly flow: number;
  /** 0: the way of the connection's first packet seen. */
  readonly side: 0 | 1;
  readonly direction?: PathDirection;
  /** As it was first seen. */
  readonly tuple: SeenTuple;
  readonly after: number;
  readonly before?: number;
  /** Packets that vanished, or got no answer. */
  readonly count: number;
  /** Packets of this connection and direction. */
  readonly of: number;
  readonly candidates: readonly LossCandidate[];
  /** One sentence, with how many of how many. */
  readonly sentence: string;
  /** Rows of the lost packets, first ones. */
  readonly rows: readonly number[];
}
