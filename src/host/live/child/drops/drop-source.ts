/** The best account of drops this kernel gives: packets with their headers, or at least reasons and places. */
import type { Gap } from '../../../../model/gap.ts';
import type { KernelEvent } from '../../live-order.ts';
import type { DropEvent } from '../../watch-order.ts';
import { openDropCounts } from '../kernel-account.ts';
import { openDropMonitor } from './drop-monitor.ts';

export interface DropSource {
  readonly tells: 'packets' | 'counts';
  drain(limit: number, take: (event: DropEvent) => void): void;
  /** Since the beginning. */
  lost(): number;
  /** Safe to call twice, and from an exit handler. */
  close(): void;
}

const bare = (event: KernelEvent, take: (event: DropEvent) => void): void => {
  if (event.kind !== 'drop') return;
  take({ reason: event.reason, location: event.location, protocol: 0, length: 0, count: 1 });
};

export const openDropSource = (gaps: Gap[]): DropSource | undefined => {
  const monitor = openDropMonitor();
  if (!('error' in monitor)) return { tells: 'packets', ...monitor };
  const account = openDropCounts();
  if ('error' in account) {
    gaps.push({
      source: 'kernel drop reasons',
      reason: 'missing',
      detail: `${monitor.error}; ${account.error}`,
      howToSee: 'run as root, on a kernel with BPF and BTF or with tracefs',
    });
    return undefined;
  }
  gaps.push({
    source: 'kernel drop reasons',
    reason: 'truncated',
    detail: `${monitor.error}: tracefs tells reasons and places, of which packets it does not`,
    howToSee: 'a kernel with BPF and BTF, as root',
  });
  return {
    tells: 'counts',
    drain: (limit, take) => {
      const events: KernelEvent[] = [];
      account.drain(events);
      for (const event of events.slice(0, limit)) bare(event, take);
    },
    lost: () => 0,
    close: account.close,
  };
};
