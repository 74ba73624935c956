/** A terminal emulator's screen as SVG: every cell where it stands in the grid. */
import type { IBufferCell, Terminal } from '@xterm/headless';
import { drawBox } from './box-drawing.ts';
import { ansi, background, foreground } from './palette.ts';

const fontSize = 15;
const cellWidth = 9;
const cellHeight = 20;
const baseline = 15;
const padding = 14;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

interface Look {
  readonly fill: string;
  readonly back: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

const lookOf = (cell: IBufferCell): Look => {
  const front = cell.isFgPalette() ? (ansi[cell.getFgColor()] ?? foreground) : foreground;
  const back = cell.isBgPalette() ? (ansi[cell.getBgColor()] ?? background) : undefined;
  const inverse = cell.isInverse() !== 0;
  return {
    fill: inverse ? (back ?? background) : front,
    back: inverse ? front : back,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
};

const drawCell = (cell: IBufferCell, column: number, row: number): readonly string[] => {
  const look = lookOf(cell);
  const x = padding + column * cellWidth;
  const y = padding + row * cellHeight;
  const width = cellWidth * Math.max(1, cell.getWidth());
  const chars = cell.getChars();
  const back =
    look.back === undefined
      ? []
      : [`<rect x="${x}" y="${y}" width="${width}" height="${cellHeight}" fill="${look.back}"/>`];
  if (chars === '' || chars === ' ' || cell.getWidth() === 0) return back;
  const box = drawBox(chars, x, y, cellWidth, cellHeight, look.fill);
  const dimmed = look.dim ? ' opacity="0.62"' : '';
  if (box !== undefined) return [...back, look.dim ? `<g${dimmed}>${box}</g>` : box];
  const bold = look.bold ? ' font-weight="bold"' : '';
  return [...back, `<text x="${x}" y="${y + baseline}" fill="${look.fill}"${bold}${dimmed}>${escaped(chars)}</text>`];
};

export const drawScreen = (terminal: Terminal, title: string): string => {
  const width = terminal.cols * cellWidth + 2 * padding;
  const height = terminal.rows * cellHeight + 2 * padding;
  const shapes: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row);
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line?.getCell(column);
      if (cell !== undefined) shapes.push(...drawCell(cell, column, row));
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="JetBrains Mono, DejaVu Sans Mono, monospace" font-size="${fontSize}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${background}"/>`,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
};
