/** A journal entry as the user sees it. */
import type { Change, ChangeState, Plan, TouchedState } from './change.ts';
import type { Entry } from './journal/entry.ts';
import type { Before } from './journal/journal-record.ts';
import { describeTouch } from './state/touch.ts';

const states = {
  awaiting: 'awaiting-confirmation',
  kept: 'verified',
  undone: 'undone',
  'rolled-back': 'rolled-back',
  broken: 'failed',
} as const;

const stateOf = ({ phase, after }: Entry, inProgress: boolean): ChangeState => {
  if (phase !== 'underway' && phase !== 'undoing') return states[phase];
  if (!inProgress) return 'interrupted';
  return after === undefined ? 'previewed' : 'applied';
};

const next: Partial<Record<ChangeState, (id: string) => string>> = {
  interrupted: (id) =>
    `it was interrupted: \`vethscope undo ${id}\` takes it back, \`vethscope confirm ${id}\` completes it`,
  'awaiting-confirmation': (id) =>
    `\`vethscope confirm ${id}\` keeps it, \`vethscope undo ${id}\` takes it back at once`,
};

export const touchedStates = (before: readonly Before[], texts: readonly string[] = []): readonly TouchedState[] =>
  before.flatMap(({ touch }, at) => {
    const text = texts[at];
    return text === undefined ? [] : [{ what: describeTouch(touch), text }];
  });

/** `inProgress`: a process holds the lock, so that what is not finished may still be worked on. */
export const reportChange = (entry: Entry, inProgress: boolean): Change => {
  const { id, planned, after, until, findingGone, traceAgrees, detail } = entry;
  const state = stateOf(entry, inProgress);
  const told = [detail, next[state]?.(id)].filter((part) => part !== undefined).join('; ') || undefined;
  return {
    id,
    finding: planned.plan.finding,
    title: planned.plan.title,
    state,
    ...(told === undefined ? {} : { detail: told }),
    commands: planned.plan.shown.commands,
    undo: planned.plan.shown.undo,
    before: touchedStates(
      planned.before,
      planned.before.map(({ text }) => text),
    ),
    after: touchedStates(planned.before, after),
    findingGone,
    ...(traceAgrees === undefined ? {} : { traceAgrees }),
    at: planned.at,
    ...(until === undefined || state !== 'awaiting-confirmation' ? {} : { confirmBefore: until }),
  };
};

/** Nothing was run. */
export const previewChange = (plan: Plan, state: 'previewed' | 'failed', detail?: string): Change => ({
  finding: plan.finding,
  title: plan.title,
  state,
  ...(detail === undefined ? {} : { detail }),
  commands: plan.shown.commands,
  undo: plan.shown.undo,
  before: [],
  after: [],
  findingGone: false,
});
