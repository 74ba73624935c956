/** One tap's reader → the events of its capture. */
import type { Gap } from '../../model/gap.ts';
import type { CaptureEvent, CaptureTap } from './capture-order.ts';
import type { ReaderName } from './choose-readers.ts';
import type { TapListener } from './follow-tool.ts';

export const goneGap = (tap: CaptureTap, detail: string): Gap => ({
  source: `capture on ${tap.ifname}`,
  reason: 'vanished',
  detail,
});

/** Turns one reader's words into events, and tells when it is ready and when it has ended. */
export const createTap = (index: number, tap: CaptureTap, reader: ReaderName, tell: (event: CaptureEvent) => void) => {
  const settled = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const listener: TapListener = {
    ready: (linkType) => {
      tell({ kind: 'ready', tap: index, linkType, reader });
      settled.resolve();
    },
    packets: (packets) => tell({ kind: 'packets', packets }),
    counts: (counts) => tell({ kind: 'counts', tap: index, counts }),
    ended: (counts, gap) => {
      tell({
        kind: 'ended',
        tap: index,
        ...(counts === undefined ? {} : { counts }),
        ...(gap === undefined ? {} : { gap: { ...gap, netns: tap.netns } }),
      });
      settled.resolve();
      ended.resolve();
    },
  };
  return { listener, settled: settled.promise, ended: ended.promise };
};
