import { describe, expect, test } from 'vitest';
import { buildTheme, themeOptionsOf } from '../../../src/ui/format/theme.ts';

describe('the terminal the environment describes', () => {
  test.each([
    [{ LANG: 'C.UTF-8' }, false],
    [{ LANG: 'de_DE.utf8' }, false],
    [{ LANG: 'C' }, true],
    [{}, true],
    [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, true],
    [{ LC_CTYPE: 'C.UTF-8', LANG: 'C' }, false],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: 'en_US.UTF-8' }, false],
  ])('%o needs ASCII: %s', (env, ascii) => {
    expect(themeOptionsOf(env).ascii).toBe(ascii);
  });

  test('NO_COLOR counts when it is not empty', () => {
    expect(themeOptionsOf({ NO_COLOR: '1' }).color).toBe(false);
    expect(themeOptionsOf({ NO_COLOR: '' }).color).toBe(true);
  });

  test('the ASCII set is ASCII, and every shape differs from the others of its group', () => {
    const { glyphs } = buildTheme({ color: true, ascii: true, linuxConsole: false });
    expect(Object.values(glyphs).join('')).toMatch(/^[\x20-\x7e]+$/);
    for (const set of [glyphs, buildTheme({ color: true, ascii: false, linuxConsole: false }).glyphs]) {
      const states = [set.up, set.down, set.noCarrier, set.unknown, set.warning];
      expect(new Set(states).size).toBe(states.length);
    }
  });
});
