/** Takes a change back: its undo commands in order, then whatever is not yet as it was. The lock is held by the caller. */
import type { Host } from '../host/host.ts';
import type { Entry } from './journal/entry.ts';
import type { UndoReason } from './journal/journal-record.ts';
import type { Journal } from './journal/open-journal.ts';
import { removeMadeTables } from './remove-made-tables.ts';
import { findDifferences, restoreTouched } from './restore-touched.ts';

/** undefined: all is as it was. Else what is not. */
export const takeBack = async (
  host: Host,
  journal: Journal,
  { id, planned, begun }: Pick<Entry, 'id' | 'planned' | 'begun'>,
  why: UndoReason,
): Promise<string | undefined> => {
  await journal.write(id, { what: 'undoing', why });
  const { before, plan } = planned;
  const failures: string[] = [];
  // Ended between the journal's line and the command, or before any: nothing to take back.
  const untouched = begun === 0 || (before.length > 0 && (await findDifferences(host, before)).length === 0);
  if (!untouched) {
    for (const [step, command] of plan.undo.entries()) {
      await journal.write(id, { what: 'undo-running', step });
      const { exitCode, stderr } = await host.change(command);
      if (exitCode !== 0) failures.push(`${command.argv.join(' ')}: ${stderr.trim().split('\n')[0]}`);
    }
  }
  // Of a change that came only half way, some undo commands fail rightly: how things stand decides.
  const left = before.length === 0 ? failures : await restoreTouched(host, before);
  await removeMadeTables(host, before);
  if (left.length === 0) {
    await journal.write(id, { what: 'undone', why });
    return undefined;
  }
  const detail = `not as it was: ${[...left, ...(before.length === 0 ? [] : failures)].join('; ')}`;
  await journal.write(id, { what: 'undo-failed', detail });
  return detail;
};
