/** Takes a change back on demand, or when nobody confirmed it in time; refuses when the state has moved on. */
import type { Host } from '../host/host.ts';
import type { Change } from './change.ts';
import { type Entry, isOpen } from './journal/entry.ts';
import type { Before } from './journal/journal-record.ts';
import type { Journal } from './journal/open-journal.ts';
import { readTouched } from './read-touched.ts';
import { reportChange } from './report-change.ts';
import { linesOf } from './state/compare-lines.ts';
import { isSameState, mergeOthers } from './state/same-state.ts';
import { describeTouch, type Touch } from './state/touch.ts';
import { canRestore } from './state/why-not-restorable.ts';
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

const isOff = (text: string): boolean => text.startsWith('{') && !text.includes('"UP"');

/** Routes that others led out of a link since would be lost with it when it is switched off again. */
const findLoss = ({ planned, after = [] }: Entry, now: readonly Before[]): string | undefined => {
  const { before } = planned;
  const at = before.findIndex(({ touch }, index) => {
    if (touch.kind !== 'link-routes') return false;
    const link = before.find((one) => one.touch.kind === 'link' && sameLink(one.touch, touch));
    const fresh = linesOf(now[index]!.text).filter((line) => !linesOf(after[index]!).includes(line));
    return link !== undefined && isOff(link.text) && fresh.length > 0;
  });
  if (at === -1) return undefined;
  return `${describeTouch(before[at]!.touch)} have changed since (${explainMove(after[at]!, now[at]!.text)}), and would be lost`;
};

const sameLink = (one: Touch & { ifname: string }, two: Touch & { ifname: string }): boolean =>
  one.ifname === two.ifname && one.netns === two.netns;

type Aim = { readonly before: readonly Before[] } | { readonly why: string };

/** How everything is to be afterwards; or why it cannot be: what a command named has moved on. */
const findAim = async (host: Host, entry: Entry): Promise<Aim> => {
  const { planned, after } = entry;
  // Interrupted before all had run: how it was left was never read.
  if (after === undefined) return { before: planned.before };
  const now = await readTouched(
    host,
    planned.before.map(({ touch }) => touch),
  );
  if ('error' in now) return { why: now.error };
  const at = planned.before.findIndex(
    ({ touch }, index) => touch.effect !== true && !isSameState(touch, after[index]!, now[index]!.text),
  );
  if (at !== -1)
    return {
      why: `${describeTouch(planned.before[at]!.touch)} has changed since (${explainMove(after[at]!, now[at]!.text)})`,
    };
  const loss = findLoss(entry, now);
  if (loss !== undefined) return { why: loss };
  return {
    before: planned.before.flatMap((one, index) => {
      const text = mergeOthers(one.touch, one.text, after[index]!, now[index]!.text);
      return text === undefined ? [] : [{ ...one, text }];
    }),
  };
};

const canBeTakenBack = ({ planned: { plan } }: Entry): boolean => plan.undo.length > 0 || canRestore(plan.commands);

const aimOf = async (host: Host, journal: Journal, entry: Entry): Promise<Aim> => {
  const { id, phase, planned } = entry;
  if (phase === 'undone' || phase === 'rolled-back') return { why: `change ${id} is taken back already` };
  if (planned.host !== host.id) return { why: `change ${id} was made on ${planned.host}, and this is ${host.id}` };
  if (planned.boot !== (await journal.bootId()))
    return { why: `change ${id} is gone with the restart of ${planned.host} (nothing to take back)` };
  if (!canBeTakenBack(entry)) return { why: `change ${id} cannot be taken back by commands` };
  if (phase === 'undoing' || phase === 'broken') return { before: planned.before };
  const aim = await findAim(host, entry);
  return 'why' in aim ? { why: `change ${id} cannot be taken back exactly: ${aim.why}` } : aim;
};

/** The last change that can be taken back, when no id is given. */
export const findUndoable = (entries: readonly Entry[], id: string | undefined): Entry | undefined =>
  id === undefined
    ? entries.findLast((one) => isOpen(one) || (one.phase === 'kept' && canBeTakenBack(one)))
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
    const aim = await aimOf(host, journal, entry);
    if ('why' in aim) return { ...reportChange(entry, false), state: 'failed', detail: aim.why };
    await takeBack(host, journal, entry, 'asked', aim.before);
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
