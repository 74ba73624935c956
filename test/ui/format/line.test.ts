import { describe, expect, test } from 'vitest';
import {
  dropCells,
  fitTo,
  joined,
  line,
  span,
  textOf,
  widthOf,
  wrapLine,
  wrapWords,
} from '../../../src/ui/format/line.ts';
import { buildTheme, paint } from '../../../src/ui/format/theme.ts';

const theme = buildTheme({ color: true, ascii: false, linuxConsole: false });
const ascii = buildTheme({ color: false, ascii: true, linuxConsole: false });

describe('a line', () => {
  test.each([
    ['short', 10, 'short     '],
    ['exactly te', 10, 'exactly te'],
    ['longer than that', 10, 'longer th…'],
    ['東京都庁前駅', 10, '東京都庁… '],
    ['', 3, '   '],
  ])('%s is fitted to %i cells', (text, width, fitted) => {
    expect(textOf(fitTo(text, width, theme))).toBe(fitted);
  });

  test('never takes more cells than it was given, whatever a host puts into it', () => {
    for (const text of [
      '\u001b[2J\u001b[H',
      '漢\u202e字漢字漢字',
      'a\u0300\u0301\u0302',
      '🐳🐳🐳🐳🐳',
      'x'.repeat(99),
    ]) {
      for (let width = 1; width < 12; width++) {
        expect(widthOf(fitTo(text, width, theme)), `${JSON.stringify(text)} in ${width}`).toBe(width);
        expect(widthOf(fitTo(text, width, ascii)), `${JSON.stringify(text)} in ${width}, ASCII`).toBe(width);
      }
    }
  });

  test('numbers stand to the right', () => {
    expect(textOf(fitTo('42', 5, theme, 'right'))).toBe('   42');
  });

  test('scrolled sideways loses cells at the left, whole ones', () => {
    expect(textOf(dropCells(line('abc', span('def', 'bad')), 4))).toBe('ef');
    expect(textOf(dropCells(line('abc'), 0))).toBe('abc');
  });

  test('joins only what is there', () => {
    expect(textOf(joined(['a', 'b', 'c'], ' · '))).toBe('a · b · c');
    expect(textOf(line('a', false, undefined, '', 'b'))).toBe('ab');
  });

  test('is wrapped between words, and inside words that are too long', () => {
    expect(wrapWords('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapWords('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});

describe('paint', () => {
  test('puts colour around what has a tone and ends without any', () => {
    expect(paint(line('a', span('b', 'good'), 'c'), theme)).toBe('a\u001b[32mb\u001b[0mc');
    expect(paint(line(span('b', 'bad')), theme)).toBe('\u001b[1;31mb\u001b[0m');
  });

  test('uses no colour where none is wanted', () => {
    const plain = buildTheme({ color: false, ascii: false, linuxConsole: false });
    const painted = paint(line(span('a', 'good'), span('b', 'bad'), span('c', 'accent')), plain);
    expect(painted).not.toMatch(/\u001b\[[0-9;]*3[0-9]/);
  });

  test('without UTF-8 nothing but ASCII leaves', () => {
    expect(textOf(fitTo('naïve ⇄ 東', 20, ascii))).toMatch(/^[\x20-\x7e]{20}$/);
  });
});

describe('a line in several rows', () => {
  const words = line(span('what  ', 'dim'), 'Port 80 of web is published for this host alone');

  test('no row is wider than it was given, not even by the blank it was broken at', () => {
    for (let width = 20; width < 60; width++)
      for (const row of wrapLine(words, width, 6)) expect(widthOf(row), textOf(row)).toBeLessThanOrEqual(width);
  });

  test('loses no word', () => {
    const joint = wrapLine(words, 24, 6)
      .map((row) => textOf(row).trim())
      .join(' ');
    expect(joint).toBe(textOf(words));
  });
});
