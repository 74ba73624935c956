/** Takes a change back on demand, or when nobody confirmed it in time; refuses when the state has moved on. */
import type { Host } from '../host/host.ts';
import type { Change } from './change.ts';
import { type Entry, isOpen } from './journal/entry.ts';
import type { Journal } from './journal/open-journal.ts';
import { readTouched } from './read-touched.ts';
import { reportChange } from './report-change.ts';
import { describeTouch } from './state/touch.ts';
import { takeBack } from './take-back.ts';

export type UndoAnswer = Change | { readonly error: string };

const lockMs = 10_000;

/** The lines that differ, a few of them. */
const explainMove = (expected: string, now: string): string => {
  const [old, fresh] = [expected.split('\n'), now.split('\n')];
  const gone = old.filter((line) => !fresh.includes(line)).map((line) => `gone: ${line}`);
  const came = fresh.filter((line) => !old.includes(line)).map((line) => `new: ${line}`);
  const told = [...gone, ...came];
  return told.length === 0 ? 'another order' : told.slice(0, 3).join(', ');
};

/** undefined: what the change touched is as the change left it. */
const findMove = async (host: Host, { planned, after }: Entry): Promise<string | undefined> => {
  // Interrupted before all had run: how it was left was never read.
  if (after === undefined) return undefined;
  const now = await readTouched(
    host,
    planned.before.map(({ touch }) => touch),
  );
  if ('error' in now) return now.error;
  const at = after.findIndex((text, index) => now[index]!.text !== text);
  if (at === -1) return undefined;
  return `${describeTouch(planned.before[at]!.touch)} has changed since (${explainMove(after[at]!, now[at]!.text)})`;
};

const whyNot = async (host: Host, journal: Journal, entry: Entry): Promise<string | undefined> => {
  const { id, phase, planned } = entry;
  if (phase === 'undone' || phase === 'rolled-back') return `change ${id} is taken back already`;
  if (planned.host !== host.id) return `change ${id} was made on ${planned.host}, and this is ${host.id}`;
  if (planned.boot !== (await journal.bootId()))
    return `change ${id} is gone with the restart of ${planned.host} (nothing to take back)`;
  if (planned.plan.undo.length === 0) return `change ${id} cannot be taken back by commands`;
  if (phase === 'undoing' || phase === 'broken') return undefined;
  const move = await findMove(host, entry);
  return move === undefined ? undefined : `change ${id} cannot be taken back exactly: ${move}`;
};

/** The last change that can be taken back, when no id is given. */
export const findUndoable = (entries: readonly Entry[], id: string | undefined): Entry | undefined =>
  id === undefined
    ? entries.findLast((one) => isOpen(one) || (one.phase === 'kept' && one.planned.plan.undo.length > 0))
    : entries.find((one) => one.id === id);

export const undoChange = async (host: Host, journal: Journal, id?: string): Promise<UndoAnswer> => {
  const lock = await journal.lock(lockMs);
  if (lock === undefined) return { error: 'another vethscope is changing something right now (try again)' };
  try {
    const entry = findUndoable((await journal.read()).entries, id);
    if (entry === undefined)
      return {
        error: id === undefined ? 'nothing to take back' : `${id}: no such change (\`vethscope journal\` lists them)`,
      };
    const why = await whyNot(host, journal, entry);
    if (why !== undefined) return { ...reportChange(entry, false), state: 'failed', detail: why };
    await takeBack(host, journal, entry, 'asked');
    const after = (await journal.read()).entries.find((one) => one.id === entry.id)!;
    return reportChange(after, false);
  } finally {
    await lock.release();
  }
};

/** What the waiting process does when time is up: whoever changed something since, being cut off is worse. */
export const revertUnlessConfirmed = async (host: Host, journal: Journal, id: string): Promise<void> => {
  let lock = await journal.lock(60_000);
  lock ??= await journal.lock(600_000);
  try {
    const entry = (await journal.read()).entries.find((one) => one.id === id);
    if (entry !== undefined && isOpen(entry)) await takeBack(host, journal, entry, 'expired');
  } finally {
    await lock?.release();
  }
};
