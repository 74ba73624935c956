/** Packets of several points put into one order of time, without waiting for points where nothing happens. */
import type { CapturedPacket } from '../host/capture/capture-order.ts';

export interface Merger {
  /** In the order of their tap; `now` in milliseconds of any clock that never goes back. */
  add(packets: readonly CapturedPacket[], now: number): void;
  /** What no tap can precede any more, or what has waited long enough. */
  take(now: number): readonly CapturedPacket[];
  /** Everything. */
  takeAll(): readonly CapturedPacket[];
  /** A tap that ended is not waited for. */
  end(tap: number): void;
  /** Packets that wait. */
  waiting(): number;
}

export interface MergeLimits {
  /** How long a packet waits for older ones of other taps. Readers tell at once, so this is for a busy machine. */
  readonly windowMs: number;
  /** Bytes that may wait; beyond, the oldest go on. */
  readonly bytes: number;
}

export const mergeLimits: MergeLimits = { windowMs: 150, bytes: 16 * 1024 * 1024 };

/** Of several hosts: a line that lost something brings it again some 300 ms later. It must stay well below a matcher's wait. */
export const mergeLimitsOfLines: MergeLimits = { ...mergeLimits, windowMs: 400 };

/** What one packet costs beside its bytes. */
const overheadBytes = 160;

interface Batch {
  readonly packets: readonly CapturedPacket[];
  readonly arrived: number;
}

interface Queue {
  readonly batches: Batch[];
  /** Position in the first batch. */
  at: number;
  ended: boolean;
}

const costOf = (packet: CapturedPacket): number => packet.bytes.length + overheadBytes;

export const createMerger = (taps: number, limits: MergeLimits = mergeLimits): Merger => {
  const queues: readonly Queue[] = Array.from({ length: taps }, () => ({ batches: [], at: 0, ended: false }));
  let waiting = 0;
  let bytes = 0;

  const headOf = ({ batches, at }: Queue): CapturedPacket | undefined => batches[0]?.packets[at];

  const dropHead = (queue: Queue): void => {
    queue.at++;
    if (queue.at < (queue.batches[0]?.packets.length ?? 0)) return;
    queue.batches.shift();
    queue.at = 0;
  };

  /** The queue with the oldest packet; of equals the first. */
  const oldest = (): Queue | undefined => {
    let best: Queue | undefined;
    let bestAt = 0n;
    for (const queue of queues) {
      const head = headOf(queue);
      if (head === undefined || (best !== undefined && head.at >= bestAt)) continue;
      best = queue;
      bestAt = head.at;
    }
    return best;
  };

  const takeWhile = (mayGo: (queue: Queue) => boolean): readonly CapturedPacket[] => {
    const taken: CapturedPacket[] = [];
    for (;;) {
      const queue = oldest();
      if (queue === undefined || !mayGo(queue)) return taken;
      const head = headOf(queue)!;
      taken.push(head);
      waiting--;
      bytes -= costOf(head);
      dropHead(queue);
    }
  };

  return {
    add: (packets, now) => {
      const [first] = packets;
      const queue = first === undefined ? undefined : queues[first.tap];
      if (queue === undefined) return;
      queue.batches.push({ packets, arrived: now });
      waiting += packets.length;
      for (const packet of packets) bytes += costOf(packet);
    },
    take: (now) =>
      takeWhile(
        (queue) =>
          bytes > limits.bytes ||
          now - (queue.batches[0]?.arrived ?? now) >= limits.windowMs ||
          queues.every((other) => other.ended || headOf(other) !== undefined),
      ),
    takeAll: () => takeWhile(() => true),
    end: (tap) => {
      const queue = queues[tap];
      if (queue !== undefined) queue.ended = true;
    },
    waiting: () => waiting,
  };
};
