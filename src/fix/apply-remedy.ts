/** Applies a remedy: journal, commands, check; what does not help is taken back. */
import type { Host } from '../host/host.ts';
import { randomId } from '../host/state/random-id.ts';
import type { Change, Plan } from './change.ts';
import { type Entry, isOpen, type Planned } from './journal/entry.ts';
import type { Before, JournalEvent } from './journal/journal-record.ts';
import type { Journal } from './journal/open-journal.ts';
import { readTouched } from './read-touched.ts';
import { previewChange, reportChange } from './report-change.ts';
import { findMasters } from './state/find-masters.ts';
import { findTouched, uniqueTouches } from './state/find-touched.ts';
import { canRestore, whyNotRestorable } from './state/why-not-restorable.ts';
import { takeBack } from './take-back.ts';

export interface Rechecked {
  readonly findingGone: boolean;
  /** Absent when no connection was named. */
  readonly traceAgrees?: boolean;
  /** How the connection fails now, one sentence. */
  readonly still?: string;
  /** What else is to be known: findings that were not there before. */
  readonly note?: string;
}

export interface ApplyOptions {
  /** Reads the host anew and tells whether the remedy helped. */
  readonly recheck: () => Promise<Rechecked>;
  /** Seconds: taken back then unless confirmed. */
  readonly confirmWithin?: number;
  /** Starts the process that takes the change back; it reports itself in the journal. */
  readonly arm?: (id: string) => void;
  /**
   * There for another machine, where somebody stands guard over every change: told what became of it. False: the change is being taken back there, because
   * the line was cut.
   */
  readonly settled?: (how: 'let-be' | 'wait') => Promise<boolean>;
  readonly progress?: (what: string) => void;
}

/** How long a new process may take to stand guard, also on a busy machine. */
const armMs = 15_000;
/** Another vethscope that works is waited for this long. */
const lockMs = 5_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const findEntry = async (journal: Journal, id: string): Promise<Entry> => {
  const entry = (await journal.read()).entries.find((one) => one.id === id);
  if (entry === undefined) throw new Error(`change ${id} is not in the journal`);
  return entry;
};

/** A change that waits or was interrupted must be settled first: what it is to restore must stay as it left it. */
const findBlocker = async (journal: Journal, host: Host): Promise<string | undefined> => {
  const boot = await journal.bootId();
  const { entries } = await journal.read();
  const open = entries.find((one) => isOpen(one) && one.planned.boot === boot && one.planned.host === host.id);
  if (open === undefined) return undefined;
  const state = reportChange(open, false).state;
  return `change ${open.id} (${open.planned.plan.finding}) is ${state}: confirm it or take it back first (vethscope confirm ${open.id}, vethscope undo ${open.id})`;
};

const waitUntilArmed = async (journal: Journal, id: string): Promise<boolean> => {
  const until = performance.now() + armMs;
  while (performance.now() < until) {
    if ((await findEntry(journal, id)).until !== undefined) return true;
    await pause(50);
  }
  return false;
};

/** undefined: all ran. Else which one failed and how. */
const runCommands = async (
  host: Host,
  journal: Journal,
  id: string,
  plan: Plan,
  options: ApplyOptions,
): Promise<string | undefined> => {
  for (const [step, command] of plan.commands.entries()) {
    options.progress?.(plan.shown.commands[step]?.join(' ') ?? command.argv.join(' '));
    await journal.write(id, { what: 'running', step });
    const { exitCode, stderr } = await host.change(command);
    await journal.write(id, { what: 'ran', step, exitCode, stderr });
    if (exitCode !== 0) return `${command.argv.join(' ')}: ${stderr.trim().split('\n')[0] || `exit code ${exitCode}`}`;
  }
  return undefined;
};

/** The lock is held. Resolves with why it must be taken back; undefined: it helped. */
const applyAndCheck = async (
  host: Host,
  journal: Journal,
  id: string,
  plan: Plan,
  before: readonly Before[],
  options: ApplyOptions,
): Promise<string | undefined> => {
  const failed = await runCommands(host, journal, id, plan, options);
  if (failed !== undefined) return failed;
  const after = await readTouched(
    host,
    before.map(({ touch }) => touch),
  );
  if ('error' in after) return after.error;
  await journal.write(id, { what: 'applied', after: after.map(({ text }) => text) });
  options.progress?.('looking whether it helped');
  const checked = await options.recheck();
  const { still, ...outcome } = checked;
  await journal.write(id, { what: 'checked', ...outcome });
  if (!checked.findingGone) return 'it did not help: the finding is still there';
  if (checked.traceAgrees === false)
    return `it did not help: the connection still fails${still === undefined ? '' : `: ${still.replace(/\.$/, '')}`}`;
  return undefined;
};

/** How everything stands that the change touches; or why it must not be touched. */
const readBefore = async (
  host: Host,
  { commands, undo }: Plan,
): Promise<readonly Before[] | { readonly error: string }> => {
  const touched = uniqueTouches([...findTouched(commands), ...(await findMasters(host, commands))]);
  const before = await readTouched(host, touched);
  if ('error' in before) return { error: `how it is now could not be read: ${before.error}` };
  // What is done for good is not to be put back.
  if (undo.length === 0 && !canRestore(commands)) return before;
  const lost = before.map(({ touch, text }) => whyNotRestorable(touch, text)).find((why) => why !== undefined);
  return lost === undefined ? before : { error: lost };
};

export const applyLocked = async (host: Host, journal: Journal, plan: Plan, options: ApplyOptions): Promise<Change> => {
  const blocker = await findBlocker(journal, host);
  if (blocker !== undefined) return previewChange(plan, 'failed', blocker);
  const before = await readBefore(host, plan);
  if ('error' in before) return previewChange(plan, 'failed', `nothing was changed: ${before.error}`);
  const id = randomId();
  const { confirmWithin } = options;
  const event: JournalEvent & { what: 'planned' } = {
    what: 'planned',
    host: host.id,
    boot: await journal.bootId(),
    plan,
    before,
    ...(confirmWithin === undefined ? {} : { confirmWithin }),
  };
  await journal.write(id, event);
  const planned: Planned = { ...event, id, at: '' };
  if (confirmWithin !== undefined || options.settled !== undefined) {
    options.arm?.(id);
    if (!(await waitUntilArmed(journal, id))) {
      await takeBack(host, journal, { id, planned, begun: 0 }, 'rollback');
      return previewChange(plan, 'failed', 'nothing was changed: the process that would take it back did not start');
    }
  }
  let wrong = await applyAndCheck(host, journal, id, plan, before, options);
  if (wrong === undefined && (await options.settled?.(confirmWithin === undefined ? 'let-be' : 'wait')) === false)
    wrong = `the line to ${host.id} was cut: it is taken back there`;
  if (wrong !== undefined) {
    const left = await takeBack(host, journal, { id, planned, begun: plan.commands.length }, 'rollback');
    if (left === undefined) await options.settled?.('let-be');
    const detail = left === undefined ? `${wrong}; all is as it was before` : `${wrong}; ${left}`;
    return { ...reportChange(await findEntry(journal, id), false), detail };
  }
  await journal.write(id, { what: confirmWithin === undefined ? 'kept' : 'awaiting' });
  return reportChange(await findEntry(journal, id), false);
};

export const applyRemedy = async (host: Host, journal: Journal, plan: Plan, options: ApplyOptions): Promise<Change> => {
  const lock = await journal.lock(lockMs);
  if (lock === undefined)
    return previewChange(
      plan,
      'failed',
      'nothing was changed: another vethscope is changing something right now (try again)',
    );
  try {
    return await applyLocked(host, journal, plan, options);
  } finally {
    await lock.release();
  }
};
