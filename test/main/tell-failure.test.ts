import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { allSchemas } from '../../src/report/schemas/all-schemas.ts';
import { runMain } from '../support/run-main.ts';

const host = ['--recording', fileURLToPath(new URL('../../src/demo/recordings/healthy.tar.gz', import.meta.url))];

const failures: readonly (readonly [string, number])[] = [
  ['frob', 2],
  ['list cables', 2],
  ['list --frob', 2],
  ['trace api', 2],
  ['trace api db:0', 2],
  ['trace nobody db', 1],
  ['trace api db --without DOCKER:99', 1],
  ['doctor --from api --to nobody', 1],
  ['doctor --from api', 2],
  ['rules nobody', 1],
  ['fix nothing', 1],
  ['plumb frob api', 2],
  ['plumb frob', 2],
  ['plumb allow nobody', 1],
  ['capture nobody', 1],
  ['capture', 2],
  ['measure api nobody', 1],
  ['watch', 3],
  ['watch api nobody', 1],
  ['undo 12345678', 4],
  ['confirm 12345678', 4],
  ['matrix --port 0', 2],
  ['diff nowhere live', 2],
  ['demo no-such-story', 2],
  ['schema nothing', 2],
  ['graph --format png', 2],
];

describe('a command that cannot answer', () => {
  test.each(failures)(
    '%s ends with %i, one line on stderr, and with --json a document that says the same',
    async (words, expected) => {
      const { code, stdout, stderr } = await runMain([...words.split(' '), '--json', ...host]);
      expect([code, stderr]).toEqual([expected, expect.stringMatching(/^vethscope: [^\n]+\n$/)]);
      const document = JSON.parse(stdout);
      expect(allSchemas.error.safeParse(document).error?.issues ?? []).toEqual([]);
      expect(document).toMatchObject({ exitCode: expected, error: stderr.slice('vethscope: '.length, -1) });
      expect(stdout).toMatch(/^[^\n]+\n$/);
    },
  );

  test('without --json there is nothing on stdout, and the line says how to go on', async () => {
    expect(await runMain(['trace', 'nobody', 'db', ...host])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'vethscope: nobody: no container, netns or address of that name (`vethscope list containers` shows what there is)\n',
    });
    expect((await runMain(['undo', '12345678', ...host])).stderr).toMatch(/ \([^)]+\)\n$/);
  });

  test('words with escape characters reach the terminal harmless, and --ascii holds for errors too', async () => {
    const { stdout, stderr } = await runMain(['rules', 'ä\u001b]0;owned\u0007', '--json', '--ascii', ...host]);
    expect(stdout + stderr).toMatch(/^[\n\x20-\x7e]+$/);
    expect((await runMain(['\u001b[2J'])).stderr).toMatch(/^[^\u0000-\u0009\u000b-\u001f]+$/);
  });

  test('behind -- a word is no option: nobody asked for a document', async () => {
    expect((await runMain(['fix', ...host, '--', '--json'])).stdout).toBe('');
  });
});
