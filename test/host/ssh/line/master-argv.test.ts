/** What a login shell of the other machine gets to see. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { firstShell, masterArgv, nextShell } from '../../../../src/host/ssh/line/master-argv.ts';
import { findTool } from '../../../support/needs.ts';

const words = [firstShell, nextShell('root'), nextShell('sudo'), nextShell('no')];

test('is read alike by every shell, csh and fish among them: nothing but a quoted text without signs of its own', () => {
  for (const text of words) {
    const [, quoted = ''] = /^(?:sudo -n )?sh (?:-s|-c '([^'\\!\n]*)')$/.exec(text) ?? [];
    expect(text.replace(`'${quoted}'`, '')).toMatch(/^[a-z -]+$/);
  }
});

const shells = ['sh', 'dash', 'bash', 'zsh', 'fish', 'tcsh', 'busybox'].filter((name) => findTool(name) !== undefined);

test.each(shells)('leads %s, where it is a login shell, to a shell that hears us', (shell) => {
  const login = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
  for (const text of [firstShell, nextShell('root')]) {
    const [program = '', ...args] = [...login, '-c', text];
    const { stdout } = spawnSync(program, args, { input: 'X="a b"; printf "%s\\n" "heard $X"\n', encoding: 'utf8' });
    expect(stdout).toBe('heard a b\n');
  }
});

test('never lets a connection be one of its own beside the one there is, nor ask where nobody can answer', () => {
  const address = { text: 'ssh://h', host: 'h' };
  const asking = masterArgv(address, { socket: '/s', mayAsk: true }, 'sh -s');
  const silent = masterArgv(address, { socket: '/s', mayAsk: false }, 'sh -s');
  expect(asking).not.toContain('BatchMode=yes');
  expect(silent).toContain('BatchMode=yes');
  expect(silent.slice(-3)).toEqual(['--', 'h', 'sh -s']);
});
