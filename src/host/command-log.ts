/** Tells listeners what was asked of the machine. */
import type { AskedEntry } from './host.ts';

export interface CommandLog {
  readonly listen: (listener: (entry: AskedEntry) => void) => void;
  readonly tell: (entry: Omit<AskedEntry, 'at'>) => void;
}

export function createCommandLog(): CommandLog {
  const listeners: ((entry: AskedEntry) => void)[] = [];
  return {
    listen: (listener) => {
      listeners.push(listener);
    },
    tell: (entry) => {
      const at = new Date(Date.now() - entry.durationMs).toISOString();
      for (const listener of listeners) listener({ at, ...entry });
    },
  };
}
