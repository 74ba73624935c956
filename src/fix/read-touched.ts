/** How everything a change touches stands now. */
import type { Host } from '../host/host.ts';
import type { Before } from './journal/journal-record.ts';
import { readState } from './state/read-state.ts';
import type { Touch } from './state/touch.ts';

export const readTouched = async (
  host: Host,
  touched: readonly Touch[],
): Promise<readonly Before[] | { readonly error: string }> => {
  const read: Before[] = [];
  for (const touch of touched) {
    const state = await readState(host, touch);
    if ('error' in state) return state;
    read.push({ touch, ...state });
  }
  return read;
};
