/** Where a capture ends by itself, and how much of a batch still fits. */
import type { CapturedPacket } from '../host/capture/capture-order.ts';
import type { CaptureLimits } from './capture-question.ts';
import { packetBlockBytes } from './pcapng/encode-packets.ts';

/** What nobody has to ask for: a forgotten capture must not fill a disk. */
export const safeLimits = { durationMs: 10 * 60_000, bytes: 100 * 1024 * 1024 } as const;

/**
 * libpcap reserves this much of its buffer for every packet (TPACKET_V2, blocks of a power of two), so what is hardly ever there costs packets that are:
 * a file gets whole packets, offloaded ones of 64 KiB but for their last bytes; a screen what it can show.
 */
export const defaultSnapLengths = { file: 65_400, screen: 4000 } as const;

/** Kept free for the counts at the end, each point. */
const statisticsBytes = 160;

export interface Fitted {
  readonly packets: readonly CapturedPacket[];
  /** Reached with the last of these packets, or the next would go beyond it. */
  readonly limit?: 'packets' | 'size';
}

/** `told` packets and `written` bytes came before; `written` is absent where there is no file. */
export const fitPackets = (
  packets: readonly CapturedPacket[],
  limits: CaptureLimits,
  told: number,
  written: number | undefined,
  points: number,
): Fitted => {
  const most = limits.packets === undefined ? Number.POSITIVE_INFINITY : limits.packets - told;
  const fitting = packets.length < most ? packets : packets.slice(0, Math.max(0, most));
  const counted: Fitted = packets.length < most ? { packets } : { packets: fitting, limit: 'packets' };
  if (limits.bytes === undefined || written === undefined) return counted;
  let room = limits.bytes - written - points * statisticsBytes;
  for (const [n, packet] of fitting.entries()) {
    room -= packetBlockBytes(packet);
    if (room < 0) return { packets: fitting.slice(0, n), limit: 'size' };
  }
  return counted;
};
