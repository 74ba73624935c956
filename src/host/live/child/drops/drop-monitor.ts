/** Hears of every packet the kernel drops, with its headers, link and netns: a BPF program of ours, which ends with this process, however it ends (D14). */
import { readFileSync } from 'node:fs';
import { close } from '../../../netlink/kernel/libc.ts';
import { littleEndian } from '../../../netlink/wire/attributes.ts';
import type { DropEvent } from '../../watch-order.ts';
import { attachTracepoint, createMap, liftMemoryLimit, loadProgram, MAP, openMap } from './bpf.ts';
import { parseBtf } from './btf.ts';
import { type DecodeContext, decodeDrop, reasonNames } from './decode-drop.ts';
import { dropProgram, findOffsets, type Offsets, record } from './drop-program.ts';
import { kernelSymbols } from './symbols.ts';

/** Drops that wait to be read; what comes beyond is counted only. */
const queueLength = 4096;

export interface DropMonitor {
  /** At most `limit` events; the rest waits, or is counted. */
  drain(limit: number, take: (event: DropEvent) => void): void;
  /** Drops that found the queue full, since the beginning. */
  lost(): number;
  close(): void;
}

interface Attached {
  readonly tellsReason: boolean;
  readonly fds: readonly number[];
}

/** Before Linux 5.17 the tracepoint has no reason, and a program that asks for one is refused. */
const attach = (offsets: Offsets, maps: { readonly queue: number; readonly lost: number }): Attached => {
  const fds: number[] = [];
  const tryWith = (reason: boolean): Attached => {
    fds.push(loadProgram(dropProgram(offsets, maps, reason)));
    fds.push(attachTracepoint(fds.at(-1)!, 'kfree_skb'));
    return { tellsReason: reason, fds };
  };
  try {
    return tryWith(true);
  } catch {
    try {
      return tryWith(false);
    } catch (error) {
      for (const fd of fds) close(fd);
      throw error;
    }
  }
};

export const openDropMonitor = (): DropMonitor | { readonly error: string } => {
  const fds: number[] = [];
  try {
    const btf = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'));
    if (btf === undefined) return { error: '/sys/kernel/btf/vmlinux makes no sense' };
    const offsets = findOffsets(btf);
    if ('error' in offsets) return offsets;
    liftMemoryLimit();
    const queue = createMap(MAP.queue, 0, record.size, queueLength);
    fds.push(queue);
    const lost = createMap(MAP.array, 4, 8, 1);
    fds.push(lost);
    const attached = attach(offsets, { queue, lost });
    fds.push(...attached.fds);
    const events = openMap(queue, record.size);
    const counter = openMap(lost, 8);
    const context: DecodeContext = {
      reasons: reasonNames(btf.enumNames('skb_drop_reason')),
      symbols: kernelSymbols(),
      tellsReason: attached.tellsReason,
    };
    return {
      drain: (limit, take) => {
        for (let n = 0; n < limit && events.takeOut(); n++) take(decodeDrop(events.value, context));
      },
      lost: () => (counter.first() ? new DataView(counter.value.buffer).getUint32(0, littleEndian) : 0),
      close: () => {
        // The attachment first: what writes ends before what is written to.
        for (const fd of fds.splice(0).reverse()) close(fd);
      },
    };
  } catch (error) {
    for (const fd of fds) close(fd);
    const why = error instanceof Error ? error.message : String(error);
    return { error: why.replace(/^ENOENT.*$/, 'this kernel does not describe its types (no /sys/kernel/btf/vmlinux)') };
  }
};
