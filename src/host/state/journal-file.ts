/** An append-only file of checksummed JSON lines: what was appended is on the disk, what was torn is noticed. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeStateFolder } from './state-folder.ts';

export interface JournalFile {
  /** Resolves when the line is on the disk. */
  append(record: object): Promise<void>;
  /** Whole records, oldest first; `damaged` counts lines that are torn or altered. */
  read(): Promise<{ readonly records: readonly unknown[]; readonly damaged: number }>;
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export const journalFile = (path: string): JournalFile => ({
  append: async (record) => {
    await makeStateFolder(dirname(path));
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      // A line torn by a sudden end must not take the next one with it.
      const torn = size > 0 && (await lastByte(file, size)) !== newline;
      // One write to a file opened for appending: two processes do not mix their lines.
      await file.write(`${torn ? '\n' : ''}${seal(JSON.stringify(record))}\n`);
      await file.sync();
      if (size === 0) await syncFolder(dirname(path));
    } finally {
      await file.close();
    }
  },
  read: async () => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n').filter((line) => line !== '');
    const records = lines.flatMap(parseLine);
    return { records, damaged: lines.length - records.length };
  },
});

const newline = 10;

async function lastByte(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}

/** A new file's name is only on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The sum is the last field, and is made of the record without it. */
const seal = (text: string): string => `${text.slice(0, -1)},"sum":"${sumOf(text)}"}`;

function parseLine(line: string): readonly unknown[] {
  const [, body, sum] = /^(\{.+),"sum":"([0-9a-f]{16})"\}$/.exec(line) ?? [];
  return body !== undefined && sumOf(`${body}}`) === sum ? [JSON.parse(`${body}}`)] : [];
}
