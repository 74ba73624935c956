/** The screen in a real terminal: keys, sizes, signals, and the terminal as it was found afterwards. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '../support/build-program.ts';
import { recordingPath } from '../support/load-recording.ts';
import { openTerminal, type TerminalOptions, type VirtualTerminal } from '../support/virtual-terminal.ts';

let program = '';
const open: VirtualTerminal[] = [];

beforeAll(async () => {
  program = await buildProgram('test/support/ui-program.ts');
});

afterAll(() => {
  for (const terminal of open) terminal.kill('SIGKILL');
  rmSync(dirname(program), { recursive: true, force: true });
});

const start = async (
  options: TerminalOptions = {},
  source = recordingPath('docker-28-standard'),
): Promise<VirtualTerminal> => {
  const terminal = openTerminal(process.execPath, [program, source], options);
  open.push(terminal);
  await terminal.until('the counts', (text) => text.includes('containers') && text.includes('running'));
  await terminal.until('the diagnosis', (text) => !text.includes('looking for'));
  await terminal.quiet();
  return terminal;
};

/** Alternate screen, hidden cursor, pastes and mouse all given back. */
const isRestored = (raw: string): boolean => {
  const last = (on: string, off: string): boolean => raw.lastIndexOf(off) > raw.lastIndexOf(on);
  return (
    last('\u001b[?1049h', '\u001b[?1049l') &&
    last('\u001b[?25l', '\u001b[?25h') &&
    last('\u001b[?2004h', '\u001b[?2004l')
  );
};

describe('in a terminal', () => {
  test('the first frame stands before the host was read', async () => {
    const terminal = openTerminal(process.execPath, [program, 'synthetic:2000']);
    open.push(terminal);
    let first = '';
    terminal.onData((data) => {
      if (first === '' && data.includes('\u001b[?2026l')) first = data;
    });
    await terminal.until('the counts', (text) => text.includes('2000 running'));
    expect(first).toContain('Reading the host');
  });

  test('keys typed in one packet, before and after, all count', async () => {
    const terminal = await start();
    terminal.type('2jjj');
    await terminal.until('the fourth row', (text) => text.includes('4/15'));
    terminal.type('/app\r');
    await terminal.until('the filtered rows', (text) => /\/app .*1\/4/.test(text));
  });

  test('an arrow torn in two by a slow line is one arrow; a lone Esc is Esc', async () => {
    const terminal = await start();
    terminal.type('2\u001b');
    terminal.type('[');
    await new Promise((resolve) => setTimeout(resolve, 80));
    terminal.type('B');
    await terminal.until('the second row', (text) => text.includes('2/15'));
    terminal.type('\u001b');
    await terminal.until('the overview', (text) => text.includes('Who is on which network'));
  });

  test('any number of changes of size ends in a whole frame of the last size', async () => {
    const terminal = await start();
    terminal.type('4');
    for (let at = 0; at < 25; at++) {
      terminal.resize(60 + ((at * 17) % 90), 12 + ((at * 7) % 40));
      await new Promise((resolve) => setTimeout(resolve, at % 5));
    }
    terminal.resize(100, 30);
    await terminal.quiet(400);
    const after = terminal.text();
    terminal.type('\u000c');
    await terminal.quiet(200);
    expect(terminal.text()).toBe(after);
    expect(terminal.screen()[29]).toContain('? help');
  });

  test('too small says so, and comes back', async () => {
    const terminal = await start();
    terminal.resize(40, 8);
    await terminal.until('what it needs', (text) => text.includes('needs 60x10'));
    terminal.resize(80, 24);
    await terminal.until('the overview', (text) => text.includes('15 running'));
  });

  test('nothing is written and nothing computed while nothing happens', async () => {
    const terminal = await start();
    await terminal.quiet(700);
    const before = terminal.bytes();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(terminal.bytes()).toBe(before);
  });

  test('the mouse is off until it is asked for', async () => {
    const terminal = await start();
    expect(terminal.raw()).not.toContain('\u001b[?1000h');
    terminal.type('2m');
    await terminal.quiet();
    expect(terminal.raw()).toContain('\u001b[?1000h');
    terminal.type('\u001b[<0;6;7M');
    await terminal.until('the clicked row', (text) => text.includes('4/15'));
  });

  test('copying sends the text to the terminal around us', async () => {
    const terminal = await start();
    terminal.type('2y');
    await terminal.until('the confirmation', (text) => text.includes('copied app1'));
    expect(terminal.raw()).toContain(`\u001b]52;c;${Buffer.from('app1').toString('base64')}\u0007`);
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }, /\u001b\[(?:[0-9;]*;)?3[0-7]m/],
    ['LANG=C', { LANG: 'C', LC_ALL: 'C' }, /[^\u0000-\u007f]/],
  ])('%s is honoured in every byte', async (_name, env, forbidden) => {
    const terminal = await start({ env });
    terminal.type('234567nio x?');
    await terminal.quiet();
    expect(terminal.raw()).not.toMatch(forbidden);
  });

  test('CI in the environment does not blind it', async () => {
    const terminal = await start({ env: { CI: 'true' } });
    expect(terminal.text()).toContain('15 running');
  });

  test('the kernel console gets only what its fonts have', async () => {
    const terminal = await start({ env: { TERM: 'linux' } });
    terminal.type('4');
    await terminal.quiet();
    expect(terminal.text()).toContain('├─');
    expect(terminal.text()).not.toMatch(/[⇄●✗◂▌]/);
  });
});

describe('the terminal is as it was found', () => {
  test.each([
    ['q', 'q', 0],
    ['Ctrl+C', '\u0003', 0],
    [':quit', ':quit\r', 0],
  ])('after %s', async (_name, keys, code) => {
    const terminal = await start();
    terminal.type(keys);
    expect((await terminal.exited).code).toBe(code);
    expect(isRestored(terminal.raw())).toBe(true);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('after %s', async (signal, code) => {
    const terminal = await start();
    terminal.type('m');
    await terminal.quiet();
    process.kill(terminal.pid, signal);
    expect((await terminal.exited).code).toBe(code);
    expect(isRestored(terminal.raw())).toBe(true);
    expect(terminal.raw().lastIndexOf('\u001b[?1000l')).toBeGreaterThan(terminal.raw().lastIndexOf('\u001b[?1000h'));
  });

  test('while it is stopped by Ctrl+Z, and painted whole when it continues', async () => {
    const terminal = await start();
    terminal.type('2');
    await terminal.until('containers', (text) => text.includes('app1'));
    terminal.type('\u001a');
    await terminal.quiet(100);
    expect(isRestored(terminal.raw())).toBe(true);
    process.kill(terminal.pid, 'SIGCONT');
    await terminal.until('containers again', (text) => text.includes('app1') && text.includes('1/15'));
    terminal.type('j');
    await terminal.until('the second row', (text) => text.includes('2/15'));
  });
});
