/** Takes a change back: its undo commands in order, then whatever is not yet as it was. The lock is held by the caller. */
import type { Host } from '../host/host.ts';
import type { Entry } from './journal/entry.ts';
import type { Before, UndoReason } from './journal/journal-record.ts';
import type { Journal } from './journal/open-journal.ts';
import { removeMadeTables } from './remove-made-tables.ts';
import { findDifferences, restoreTouched } from './restore-touched.ts';

const secondsSince = (at: string): number => {
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
};

/** `before`: how it is to be, where others have changed something along with it. undefined: all is as it was. Else what is not. */
export const takeBack = async (
  host: Host,
  journal: Journal,
  { id, planned, begun }: Pick<Entry, 'id' | 'planned' | 'begun'>,
  why: UndoReason,
  before: readonly Before[] = planned.before,
): Promise<string | undefined> => {
  await journal.write(id, { what: 'undoing', why });
  const { plan } = planned;
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
  const left = before.length === 0 ? failures : await restoreTouched(host, before, secondsSince(planned.at));
  await removeMadeTables(host, before);
  if (left.length === 0) {
    await journal.write(id, { what: 'undone', why });
    return undefined;
  }
  const detail = `not as it was: ${[...left, ...(before.length === 0 ? [] : failures)].join('; ')}`;
  await journal.write(id, { what: 'undo-failed', detail });
  return detail;
};
