/** Text from a host made safe for a terminal, and the number of cells it takes there. */
import { wideRanges } from './wide-ranges.ts';

const plainAscii = /^[\x20-\x7e]*$/;

/**
 * What must never reach a terminal as it is: C0 and C1 controls (escape sequences), format characters (bidi overrides, zero width,
 * soft hyphen), combining marks left after NFC, lone surrogates, private use and unassigned code points, line separators, conjoining
 * jamo, regional indicators and skin tones. The first few can do harm or lie; the others take a number of cells that terminals disagree on.
 */
const unsafe =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{M}\p{Zl}\p{Zp}\u00a0\u115f\u1160-\u11ff\ud7b0-\ud7ff\u3164\uffa0\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/gu;

const short: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u001b': '\\e',
  '\u0000': '\\0',
};

/** An escape a person can read and paste: `\e`, `\x07`, `\u202e`, `\u{1f1e6}`. */
const escapeOf = (char: string): string => {
  const known = short[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
};

/** The same text with every character that could steer, hide or shift something written as an escape. */
export const printable = (text: string): string =>
  plainAscii.test(text) ? text : text.normalize('NFC').replace(unsafe, escapeOf);

/** Signs of our own sentences, each in as many cells: a line that was wrapped stays as long. */
const plain: Readonly<Record<string, string>> = {
  '→': '>',
  '…': '~',
  '·': '-',
  '×': 'x',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '§': 'S',
};

/** `printable` for terminals without UTF-8: signs become what stands for them in ASCII, everything else outside it an escape. */
export const printableAscii = (text: string): string =>
  plainAscii.test(text) ? text : printable(text).replace(/[^\x20-\x7e]/gu, (char) => plain[char] ?? escapeOf(char));

const isWide = (code: number): boolean => {
  if (code < 0x1100) return false;
  let low = 0;
  let high = wideRanges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < wideRanges[middle * 2]!) high = middle - 1;
    else if (code > wideRanges[middle * 2 + 1]!) low = middle + 1;
    else return true;
  }
  return false;
};

/** Cells of one code point of printable text. */
export const charWidth = (char: string): 1 | 2 => (isWide(char.codePointAt(0) ?? 0) ? 2 : 1);

/** Cells that printable text takes. */
export const cellWidth = (text: string): number => {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
};

/** The longest start of printable text that fits in `cells`. */
export const cutToWidth = (text: string, cells: number): string => {
  if (cells <= 0) return '';
  if (plainAscii.test(text)) return text.length <= cells ? text : text.slice(0, cells);
  let width = 0;
  let end = 0;
  for (const char of text) {
    width += charWidth(char);
    if (width > cells) return text.slice(0, end);
    end += char.length;
  }
  return text;
};
