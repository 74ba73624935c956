/** Compares a text with a file that a person can judge; UPDATE_EXPECTED=1 writes the files anew. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** `path` from the top of the repository: a page that is generated. */
export const expectDocument = (path: string, text: string): void => {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  if (process.env['UPDATE_EXPECTED'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : `(no file ${path}: run with UPDATE_EXPECTED=1)`);
};

export const expectFile = (name: string, text: string): void => expectDocument(`test/expected/${name}`, text);
