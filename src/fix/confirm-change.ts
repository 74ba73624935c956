/** Keeps a change that waits for it. */
import type { Change } from './change.ts';
import type { Journal } from './journal/open-journal.ts';
import { reportChange } from './report-change.ts';

export const confirmChange = async (journal: Journal, id: string): Promise<Change | { readonly error: string }> => {
  const lock = await journal.lock(10_000);
  if (lock === undefined) return { error: 'another vethscope is changing something right now (try again)' };
  try {
    const find = async () => (await journal.read()).entries.find((one) => one.id === id);
    const entry = await find();
    if (entry === undefined) return { error: `${id}: no such change (\`vethscope journal\` lists them)` };
    if (entry.phase === 'awaiting') await journal.write(id, { what: 'kept' });
    const change = reportChange((await find()) ?? entry, false);
    if (entry.phase === 'awaiting' || entry.phase === 'kept') return change;
    return {
      ...change,
      detail: `change ${id} is ${change.state}: there is nothing to confirm${change.detail === undefined ? '' : ` (${change.detail})`}`,
    };
  } finally {
    await lock.release();
  }
};
