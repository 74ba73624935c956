/** The journal of changes, and the lock that lets one vethscope change the host at a time. */
import { join } from 'node:path';
import { readBootId } from '../../host/state/boot-id.ts';
import { type FileLock, tryLock } from '../../host/state/file-lock.ts';
import { journalFile } from '../../host/state/journal-file.ts';
import { tryNameLock } from '../../host/state/name-lock.ts';
import { stateFolder } from '../../host/state/state-folder.ts';
import { type Entry, readEntries } from './entry.ts';
import type { JournalEvent, JournalRecord } from './journal-record.ts';

export interface Journal {
  readonly folder: string;
  /** Resolves when the line is on the disk. */
  write(id: string, event: JournalEvent): Promise<void>;
  /** `damaged`: lines that could not be read. */
  read(): Promise<{ readonly entries: readonly Entry[]; readonly damaged: number }>;
  /** undefined: another process is changing something right now, also after waiting. */
  lock(waitMs: number): Promise<FileLock | undefined>;
  bootId(): Promise<string>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Ours against those with the same journal, and against those of this host with another one. */
const tryBoth = async (path: string): Promise<FileLock | undefined> => {
  const file = await tryLock(path);
  if (file === undefined) return undefined;
  const name = await tryNameLock('vethscope-change');
  if (name === undefined) {
    await file.release();
    return undefined;
  }
  return {
    release: async () => {
      await name.release();
      await file.release();
    },
  };
};

/** What this version cannot read counts as damaged: it must not be taken for something else. */
const isRecord = (value: unknown): value is JournalRecord => {
  const { id, what, at } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof id === 'string' && typeof what === 'string' && typeof at === 'string';
};

export const openJournal = (folder: string = stateFolder()): Journal => {
  const file = journalFile(join(folder, 'journal.jsonl'));
  return {
    folder,
    write: (id, event) => file.append({ id, at: new Date().toISOString(), ...event }),
    read: async () => {
      const { records, damaged } = await file.read();
      const known = records.filter(isRecord);
      return { entries: readEntries(known), damaged: damaged + records.length - known.length };
    },
    lock: async (waitMs) => {
      const until = performance.now() + waitMs;
      for (;;) {
        const lock = await tryBoth(join(folder, 'lock'));
        if (lock !== undefined || performance.now() >= until) return lock;
        await pause(50);
      }
    },
    bootId: readBootId,
  };
};
