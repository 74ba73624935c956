/** A row of the screen before colour: spans of text with a tone, cut and padded to cells. */
import { cellWidth, cutToWidth, printable, printableAscii } from '../../std/printable.ts';

/** What a piece of text means; the theme decides how that looks. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'good'
  | 'bad'
  | 'warn'
  | 'doubt'
  | 'accent'
  | 'title'
  | 'key'
  | 'cursor'
  | 'marked'
  | 'tab';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
export type Line = readonly Span[];
/** What composers accept where a line is wanted. */
export type Words = string | Span | Line;

/** What `line` takes: conditions may leave parts out. */
export type Part = Words | undefined | false;

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

const isSpan = (words: Span | Line): words is Span => 'text' in words;

export const toLine = (words: Words): Line =>
  typeof words === 'string' ? [span(words)] : isSpan(words) ? [words] : words;

/** One line of several parts; empty strings vanish. */
export const line = (...parts: Part[]): Line =>
  parts.flatMap((part) => (part === undefined || part === false || part === '' ? [] : toLine(part)));

export const textOf = (words: Words): string =>
  typeof words === 'string' ? words : isSpan(words) ? words.text : words.map((part) => part.text).join('');

export const widthOf = (words: Words): number => cellWidth(printable(textOf(words)));

/** Parts with a separator between those that are there. */
export const joined = (parts: readonly Words[], separator: Words): Line =>
  parts.flatMap((part, index) => (index === 0 ? toLine(part) : [...toLine(separator), ...toLine(part)]));

/** Cells `from`… of a line: what stays when the view is scrolled sideways. */
export const dropCells = (words: Line, cells: number): Line => {
  if (cells <= 0) return words;
  let left = cells;
  const rest: Span[] = [];
  for (const part of words) {
    const text = printable(part.text);
    const width = cellWidth(text);
    if (left >= width) {
      left -= width;
      continue;
    }
    const head = cutToWidth(text, left);
    rest.push({ text: text.slice(head.length), tone: part.tone });
    left = 0;
  }
  return rest;
};

/** What a terminal can show: part of every theme. */
export interface Charset {
  readonly ascii: boolean;
  readonly glyphs: { readonly ellipsis: string };
}

/** Exactly `width` cells: cut with an ellipsis, or padded. All text is made printable here, so nothing raw gets past. */
export const fitTo = (words: Words, width: number, charset: Charset, align: 'left' | 'right' = 'left'): Line => {
  if (width <= 0) return [];
  const clean = charset.ascii ? printableAscii : printable;
  const ellipsis = charset.glyphs.ellipsis;
  const parts = toLine(words).map((part) => ({ text: clean(part.text), tone: part.tone }));
  const widths = parts.map((part) => cellWidth(part.text));
  const total = widths.reduce((sum, cells) => sum + cells, 0);
  if (total <= width) {
    const padding = span(' '.repeat(width - total));
    if (total === width) return parts;
    return align === 'right' ? [padding, ...parts] : [...parts, padding];
  }
  const room = width - ellipsis.length;
  const kept: Span[] = [];
  let used = 0;
  for (const [index, part] of parts.entries()) {
    const cells = widths[index]!;
    if (used + cells <= room) {
      kept.push(part);
      used += cells;
      continue;
    }
    const text = cutToWidth(part.text, room - used);
    used += cellWidth(text);
    kept.push({ text: text + ellipsis + ' '.repeat(Math.max(0, width - used - ellipsis.length)), tone: part.tone });
    break;
  }
  return kept;
};

/** Words wrapped to lines of at most `width` cells, later ones indented. */
export const wrapWords = (text: string, width: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  let current = '';
  for (const word of printable(text).split(' ')) {
    const candidate = current === '' ? word : `${current} ${word}`;
    if (cellWidth(candidate) <= width || current.trim() === '') {
      current = candidate;
      continue;
    }
    lines.push(current);
    current = indent + word;
  }
  if (current !== '') lines.push(current);
  return lines.flatMap((row) => splitLong(row, width));
};

const splitLong = (row: string, width: number): readonly string[] => {
  const pieces: string[] = [];
  let rest = row;
  while (cellWidth(rest) > width && width > 1) {
    const head = cutToWidth(rest, width);
    pieces.push(head);
    rest = rest.slice(head.length);
  }
  return [...pieces, rest];
};

/** A line in as many rows as it needs, broken between words; later rows are indented. */
export const wrapLine = (words: Line, width: number, indent: number): readonly Line[] => {
  if (widthOf(words) <= width) return [words];
  const pieces = words.flatMap((part) => part.text.split(/(?<= )/).map((text) => span(text, part.tone)));
  const rows: Span[][] = [[]];
  let used = 0;
  for (const piece of pieces) {
    const cells = widthOf(piece);
    if (used + widthOf(piece.text.trimEnd()) > width && used > indent) {
      // The blank it is broken at would make a full row one cell too long.
      const end = rows.at(-1)!.pop();
      if (end !== undefined) rows.at(-1)!.push(span(end.text.trimEnd(), end.tone));
      rows.push([span(' '.repeat(indent))]);
      used = indent;
    }
    rows.at(-1)!.push(piece);
    used += cells;
  }
  return rows;
};
