import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalFile } from '../../../src/host/state/journal-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, 'state', 'vethscope', 'journal.jsonl');

test('what was appended is read in order, from lines of JSON', async () => {
  const file = journalFile(path());
  await file.append({ id: 'a', text: 'line\nbreak' });
  await file.append({ id: 'b' });
  expect(await file.read()).toEqual({ records: [{ id: 'a', text: 'line\nbreak' }, { id: 'b' }], damaged: 0 });
  const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(['a', 'b']);
});

test('folder and file are for their owner alone', async () => {
  await journalFile(path()).append({ id: 'a' });
  expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'state', 'vethscope'))).mode & 0o777).toBe(0o700);
});

test('no file is an empty journal', async () => {
  expect(await journalFile(path()).read()).toEqual({ records: [], damaged: 0 });
});

test('a line torn at any byte costs itself, and not what is appended after it', async () => {
  const file = journalFile(path());
  await file.append({ id: 'whole' });
  await file.append({ id: 'torn', text: 'x' });
  const text = await readFile(path(), 'utf8');
  const first = text.indexOf('\n') + 1;
  for (let length = first; length < text.length; length++) {
    await writeFile(path(), text.slice(0, length));
    await file.append({ id: 'next' });
    const { records } = await file.read();
    const ids = (records as { id: string }[]).map(({ id }) => id);
    // All but its newline was written: that line is whole.
    expect(ids).toEqual(length === text.length - 1 ? ['whole', 'torn', 'next'] : ['whole', 'next']);
  }
});

test('an altered line is not believed', async () => {
  const file = journalFile(path());
  await file.append({ id: 'a', step: 1 });
  await writeFile(path(), (await readFile(path(), 'utf8')).replace('"step":1', '"step":2'));
  await appendFile(path(), '{"id":"b"}\n');
  expect(await file.read()).toEqual({ records: [], damaged: 2 });
});
