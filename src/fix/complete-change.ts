/** Completes a change that was interrupted: from the state before it, all of it again, checked as the first time. */
import type { Host } from '../host/host.ts';
import { type ApplyOptions, applyLocked } from './apply-remedy.ts';
import type { Change } from './change.ts';
import type { Journal } from './journal/open-journal.ts';
import { reportChange } from './report-change.ts';
import { takeBack } from './take-back.ts';

/** Where it stopped cannot be told for sure, where it began can. */
export const completeChange = async (
  host: Host,
  journal: Journal,
  id: string,
  options: ApplyOptions,
): Promise<Change | { readonly error: string }> => {
  const lock = await journal.lock(10_000);
  if (lock === undefined) return { error: 'another vethscope is changing something right now (try again)' };
  try {
    const find = async () => (await journal.read()).entries.find((one) => one.id === id);
    const entry = await find();
    if (entry === undefined) return { error: `${id}: no such change (\`vethscope journal\` lists them)` };
    if (entry.phase !== 'underway' && entry.phase !== 'undoing') return reportChange(entry, false);
    const { host: madeOn, boot, plan, confirmWithin } = entry.planned;
    if (madeOn !== host.id) return { error: `change ${id} was made on ${madeOn}, and this is ${host.id}` };
    if (boot !== (await journal.bootId()))
      return { error: `change ${id} is gone with the restart of ${madeOn} (nothing to complete)` };
    options.progress?.('taking back what was done of it');
    const left = await takeBack(host, journal, entry, 'asked');
    if (left !== undefined) return reportChange((await find()) ?? entry, false);
    return await applyLocked(host, journal, plan, {
      ...options,
      ...(confirmWithin === undefined ? {} : { confirmWithin }),
    });
  } finally {
    await lock.release();
  }
};
