/** What it means for the picture when an engine did not answer. */
import type { Gap } from '../../model/gap.ts';
import type { ApiOutcome } from './engine-api.ts';

/** undefined: no gap. An absent socket is none: a machine without an engine is complete. */
export function engineGap(source: string, socket: string, outcome: ApiOutcome): Gap | undefined {
  switch (outcome.end) {
    case 'answered':
    case 'absent':
    case 'closed':
      return undefined;
    case 'forbidden':
      return {
        source,
        reason: 'forbidden',
        detail: `${socket}: permission denied`,
        howToSee: 'run as root, or as a member of the group that owns the socket',
      };
    case 'refused':
      return {
        source,
        reason: outcome.status === 403 ? 'forbidden' : 'invalid',
        detail: `${socket}: ${outcome.message}`,
      };
    case 'slow':
      return {
        source,
        reason: 'slow',
        detail: `${socket}: no answer within the time limit`,
        howToSee: 'see why the engine hangs, then refresh',
      };
    case 'too-long':
      return { source, reason: 'truncated', detail: `${socket}: a longer answer than we read` };
    case 'nonsense':
      return { source, reason: 'invalid', detail: `${socket}: ${outcome.detail}` };
  }
}
