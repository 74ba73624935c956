/** One change as its lines in the journal tell it. */
import type { JournalRecord, UndoReason } from './journal-record.ts';

export type Planned = Extract<JournalRecord, { what: 'planned' }>;

/**
 * underway: begun, and neither kept nor taken back; awaiting: applied, checked, to be confirmed; undoing: being taken back;
 * broken: taking back did not restore what was.
 */
export type EntryPhase = 'underway' | 'awaiting' | 'kept' | 'undoing' | 'undone' | 'rolled-back' | 'broken';

export interface Entry {
  readonly id: string;
  readonly planned: Planned;
  readonly phase: EntryPhase;
  /** How many commands have been begun. */
  readonly begun: number;
  /** How each thing stood when all commands had run. */
  readonly after?: readonly string[];
  readonly until?: string;
  readonly findingGone: boolean;
  readonly traceAgrees?: boolean;
  readonly detail?: string;
}

const undonePhase = (why: UndoReason): EntryPhase => (why === 'rollback' ? 'rolled-back' : 'undone');

const advance = (entry: Entry, record: JournalRecord): Entry => {
  switch (record.what) {
    case 'planned':
      return entry;
    case 'armed':
      return { ...entry, until: record.until };
    case 'running':
      return { ...entry, begun: Math.max(entry.begun, record.step + 1) };
    case 'ran':
    case 'undo-running':
      return entry;
    case 'applied':
      return { ...entry, after: record.after };
    case 'checked': {
      const { findingGone, traceAgrees, note } = record;
      return {
        ...entry,
        findingGone,
        ...(traceAgrees === undefined ? {} : { traceAgrees }),
        ...(note === undefined ? {} : { detail: note }),
      };
    }
    case 'awaiting':
      return { ...entry, phase: 'awaiting' };
    case 'kept':
      return { ...entry, phase: 'kept' };
    case 'undoing':
      return { ...entry, phase: 'undoing' };
    case 'undone': {
      // What was noted of the change while it stood is past.
      const { detail: _, ...rest } = entry;
      const { detail } = record;
      return { ...rest, phase: undonePhase(record.why), ...(detail === undefined ? {} : { detail }) };
    }
    case 'undo-failed':
      return { ...entry, phase: 'broken', detail: record.detail };
  }
};

/** Entries oldest first. Lines of a change whose first line is lost are left out. */
export const readEntries = (records: readonly JournalRecord[]): readonly Entry[] => {
  const entries = new Map<string, Entry>();
  for (const record of records) {
    const known = entries.get(record.id);
    if (record.what === 'planned')
      entries.set(record.id, { id: record.id, planned: record, phase: 'underway', begun: 0, findingGone: false });
    else if (known !== undefined) entries.set(record.id, advance(known, record));
  }
  return [...entries.values()];
};

/** Not finished one way or the other. */
export const isOpen = ({ phase }: Entry): boolean =>
  phase === 'underway' || phase === 'awaiting' || phase === 'undoing';
