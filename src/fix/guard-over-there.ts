/** A guard on another machine for one change: armed before its first command, told what became of it. */
import type { Guard, Host } from '../host/host.ts';
import type { Command } from '../model/change.ts';
import type { Planned } from './journal/entry.ts';
import type { Journal } from './journal/open-journal.ts';
import { restoreCommands } from './state/restore-commands.ts';

export interface OverThere {
  readonly arm: (id: string) => void;
  /** False: the guard takes it back, or has done so. `let-be`: nothing is left to be taken back. */
  readonly settled: (how: 'let-be' | 'wait') => Promise<boolean>;
}

/** However long a change and its check may take; a line that is cut is noticed much sooner. */
const longestSeconds = 600;

/** What can be told without knowing how things will stand: chains and sysctls as they were. The rest is for the undo commands. */
const revertOf = ({ plan, before }: Planned): readonly Command[] => [
  ...plan.undo,
  ...before
    .filter(({ touch: { kind } }) => kind === 'chain' || kind === 'sysctl')
    .flatMap((one) => restoreCommands(one.touch, { ...one, passed: 0 }, '') ?? []),
];

/** undefined: the host is this machine, where a process of this program stands guard. */
export const guardOverThere = (
  host: Host,
  journal: Journal,
  confirmWithin: number | undefined,
): OverThere | undefined => {
  if (host.guard === undefined) return undefined;
  let guard: Guard | undefined;
  const seconds = confirmWithin ?? longestSeconds;
  const arm = async (id: string): Promise<void> => {
    const planned = (await journal.read()).entries.find((one) => one.id === id)?.planned;
    if (planned === undefined) return;
    const started = await host.guard?.({ id, seconds, revert: revertOf(planned) });
    if (started === undefined || 'error' in started) return;
    guard = started;
    await journal.write(id, { what: 'armed', until: new Date(Date.now() + seconds * 1000).toISOString() });
  };
  return {
    arm: (id) => void arm(id),
    settled: async (how) => (how === 'wait' ? guard?.wait() : guard?.keep()) ?? false,
  };
};

/** A guard that has taken the change back says so now; one that waits lets it be from here on. */
export const settleOverThere = async (host: Host, journal: Journal, id: string): Promise<void> => {
  const how = await host.settleGuard?.(id);
  if (how === 'reverted' || how === 'reverting') await journal.write(id, { what: 'undone', why: 'expired' });
};
