import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCaptureFile } from '../../../src/host/capture/capture-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vethscope-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is new, and for nobody else to read', async () => {
  const path = join(folder, 'new.pcapng');
  const file = await openCaptureFile(path);
  if ('error' in file) throw new Error(file.error);
  await Promise.all([file.write(Uint8Array.of(1, 2)), file.write(Uint8Array.of(3))]);
  await file.close();
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect([file.path, file.written()]).toEqual([path, 3]);
});

test('what exists is left as it is, also behind a link', async () => {
  const path = join(folder, 'old');
  const link = join(folder, 'link');
  writeFileSync(path, 'precious');
  symlinkSync(path, link);
  for (const taken of [path, link]) expect(await openCaptureFile(taken)).toMatchObject({ error: expect.any(String) });
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

test('goes again when nothing was begun', async () => {
  const path = join(folder, 'unused');
  const file = await openCaptureFile(path);
  if ('error' in file) throw new Error(file.error);
  await file.discard();
  expect(() => statSync(path)).toThrow('ENOENT');
});

test('a folder that is not there is told', async () => {
  expect(await openCaptureFile(join(folder, 'nowhere', 'f'))).toEqual({ error: expect.stringContaining('ENOENT') });
});
