/** Turns the states of a running capture's points into what changed since they were told last. */
import type { CaptureEvent } from '../../host/capture/capture-order.ts';
import type { PointState } from '../capture-question.ts';

type Told = Exclude<CaptureEvent, { readonly kind: 'packets' }>;

const changesOf = (before: PointState | undefined, now: PointState, tap: number): readonly Told[] => [
  ...(now.linkType !== undefined && before?.linkType === undefined
    ? [{ kind: 'ready', tap, linkType: now.linkType, reader: now.reader ?? 'native' } as const]
    : []),
  ...(now.counts !== undefined && now.counts !== before?.counts
    ? [{ kind: 'counts', tap, counts: now.counts } as const]
    : []),
  ...(now.phase === 'ended' && before?.phase !== 'ended'
    ? [{ kind: 'ended', tap, ...(now.gap !== undefined && { gap: now.gap }) } as const]
    : []),
];

export const createStateTeller = (): ((states: readonly PointState[]) => readonly Told[]) => {
  let before: readonly PointState[] = [];
  return (states) => {
    const told = states.flatMap((state, tap) => changesOf(before[tap], state, tap));
    before = states;
    return told;
  };
};
