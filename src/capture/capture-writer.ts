/** The pcapng file of a running capture: header blocks first, packets as they come, the kernel's counts now and then and at the end. */

import type { CaptureFile, WriteEnd } from '../host/capture/capture-file.ts';
import type { CapturedPacket } from '../host/capture/capture-order.ts';
import type { PointState } from './capture-question.ts';
import { explainClock } from './explain-clock.ts';
import { encodeInterface, encodePackets, encodeSection, encodeStatistics } from './pcapng/encode-packets.ts';

export interface CaptureWriter {
  /** After every point is ready or has ended: packets name interfaces that must stand before them. */
  begin(points: readonly PointState[]): void;
  packets(packets: readonly CapturedPacket[]): void;
  statistics(points: readonly PointState[]): void;
  /** Bytes that wait to be written. */
  pending(): number;
  /** Bytes given to it so far. */
  bytes(): number;
  end(points: readonly PointState[]): Promise<void>;
}

export interface WriterOptions {
  readonly file: CaptureFile;
  readonly snapLength: number;
  readonly filter?: string;
  readonly section: { readonly application: string; readonly os?: string };
  /** Nanoseconds since 1970. */
  now(): bigint;
  /** Bytes were written, or could not be. */
  wrote(end: WriteEnd | undefined): void;
}

const commentOf = ({ point, clock, gap }: PointState): string =>
  [
    point.comment,
    ...(clock === undefined ? [] : [explainClock(clock)]),
    ...(gap === undefined ? [] : [`not captured: ${gap.detail}`]),
  ].join('; ');

export const createCaptureWriter = (options: WriterOptions): CaptureWriter => {
  const { file, snapLength, filter, section, now, wrote } = options;
  let pending = 0;
  let bytes = 0;
  let since = now();

  const put = (block: Uint8Array): void => {
    if (block.length === 0) return;
    pending += block.length;
    bytes += block.length;
    void file.write(block).then((end) => {
      pending -= block.length;
      wrote(end);
    });
  };

  const statistics = (points: readonly PointState[]): void => {
    for (const [point, state] of points.entries())
      put(
        encodeStatistics({
          point,
          since,
          at: now(),
          delivered: state.packets,
          ...(state.counts === undefined ? {} : { counts: state.counts }),
        }),
      );
  };

  return {
    begin: (points) => {
      since = now();
      put(encodeSection(section));
      for (const state of points)
        put(
          encodeInterface({
            name: state.point.name,
            description: state.point.comment,
            comment: commentOf(state),
            linkType: state.linkType ?? 1,
            snapLength,
            ...(filter === undefined ? {} : { filter }),
          }),
        );
    },
    packets: (packets) => put(encodePackets(packets)),
    statistics,
    pending: () => pending,
    bytes: () => bytes,
    end: async (points) => {
      statistics(points);
      await file.close();
    },
  };
};
