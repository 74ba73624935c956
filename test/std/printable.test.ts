import { describe, expect, test } from 'vitest';
import { cellWidth, cutToWidth, printable, printableAscii } from '../../src/std/printable.ts';

describe('text from a host', () => {
  test('that is plain stays as it is', () => {
    expect(printable('web-1 (nginx:1.27)')).toBe('web-1 (nginx:1.27)');
  });

  test.each([
    ['an escape sequence', '\u001b[31mred', '\\e[31mred'],
    ['a C1 control sequence introducer', '\u009b31m', '\\x9b31m'],
    ['a title setting sequence with bell', '\u001b]0;x\u0007', '\\e]0;x\\x07'],
    ['line breaks', 'a\r\nb', 'a\\r\\nb'],
    ['a right-to-left override', 'abc\u202edcba', 'abc\\u202edcba'],
    ['zero width characters', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['a stray combining mark', 'a\u0489', 'a\\u0489'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
    ['a flag made of two regional indicators', '\u{1f1e9}\u{1f1ea}', '\\u{1f1e9}\\u{1f1ea}'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ])('with %s shows an escape instead', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('keeps letters of all scripts, composed', () => {
    expect(printable('Zu\u0308rich 東京')).toBe('Z\u00fcrich 東京');
  });

  test('becomes ASCII where the terminal has nothing else', () => {
    expect(printableAscii('café 東')).toBe('caf\\xe9 \\u6771');
    // Our own sentences stay sentences, and as long.
    expect(printableAscii('web → db’s port …')).toBe("web > db's port ~");
  });
});

describe('cells', () => {
  test.each([
    ['web', 3],
    ['東京', 4],
    ['→●✗', 3],
    ['🐳', 2],
    ['ｆｕｌｌ', 8],
    ['ﾊﾝｶｸ', 4],
  ])('%s takes %i', (text, cells) => {
    expect(cellWidth(text)).toBe(cells);
  });

  test('a wide character is not cut in half', () => {
    expect(cutToWidth('東京都', 5)).toBe('東京');
    expect(cutToWidth('abc', 2)).toBe('ab');
    expect(cutToWidth('abc', 0)).toBe('');
  });
});
