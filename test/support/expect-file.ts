/** Compares a text with a file of test/expected that a person can judge; UPDATE_EXPECTED=1 writes the files anew. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const expectFile = (name: string, text: string): void => {
  const path = fileURLToPath(new URL(`../expected/${name}`, import.meta.url));
  if (process.env['UPDATE_EXPECTED'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(
    existsSync(path) ? readFileSync(path, 'utf8') : `(no file test/expected/${name}: run with UPDATE_EXPECTED=1)`,
  );
};
