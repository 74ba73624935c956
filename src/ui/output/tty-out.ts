/** The terminal's output for Ink: whole frames come in, only the cells that changed go out. */
import { EventEmitter } from 'node:events';
import { type Cells, cellsOf } from './cells.ts';
import { diffRows } from './diff-rows.ts';
import { findScroll, scrollBytes, scrolled } from './find-scroll.ts';
import { handleColumns } from './frames.ts';

const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';
const hideCursor = '\u001b[?25l';
const enterScreen = '\u001b[?1049h';
const leaveScreen = '\u001b[?1049l';
const showCursor = '\u001b[?25h';
const mouseOn = '\u001b[?1000h\u001b[?1006h';
const mouseOff = '\u001b[?1006l\u001b[?1000l';
const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';

/** What Ink writes before a frame: lines erased upwards, or home and erase down. */
const erasePrefix = /^(?:\u001b\[2K(?:\u001b\[1?A)?)*(?:\u001b\[G)?(?:\u001b\[(?:1;1)?H\u001b\[0?J)?/;

export interface RawOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: () => void): boolean;
}

export interface TtyOut {
  /** What Ink writes to. */
  readonly stream: NodeJS.WriteStream;
  enter(): void;
  /** Leaves the terminal as it was found. Safe to call twice. */
  leave(): void;
  /** Brings a frame onto the screen; only differences are written. */
  paint(rows: readonly string[]): void;
  /** Writes the whole screen again: it may show something else than we think. */
  repaint(): void;
  mouse(on: boolean): void;
  /** Bytes as they are, outside any frame (the clipboard). */
  send(text: string): void;
  /** Tells Ink that the size has changed. */
  resized(): void;
}

const blankCells = (columns: number): Cells => cellsOf('', columns);

export const openTtyOut = (output: RawOutput, rowText: (handle: string) => string | undefined): TtyOut => {
  let shown: readonly string[] = [];
  let cells: readonly (Cells | undefined)[] = [];
  let width = 0;
  let entered = false;
  let mouse = false;
  const size = (): { columns: number; rows: number } => ({ columns: output.columns || 80, rows: output.rows || 24 });

  const paint = (rows: readonly string[]): void => {
    if (!entered) return;
    const { columns } = size();
    const fresh = columns !== width || rows.length !== shown.length;
    const scroll = fresh ? undefined : findScroll(shown, rows);
    const before = fresh ? [] : scroll === undefined ? shown : scrolled(shown, scroll, '');
    const cellsBefore = fresh ? [] : scroll === undefined ? cells : scrolled(cells, scroll, undefined);
    const next: (Cells | undefined)[] = [];
    let bytes = fresh ? '\u001b[m\u001b[2J' : scroll === undefined ? '' : scrollBytes(scroll);
    for (const [at, row] of rows.entries()) {
      if (before[at] === row) {
        next.push(cellsBefore[at]);
        continue;
      }
      const after = cellsOf(row, columns);
      const old = fresh ? blankCells(columns) : (cellsBefore[at] ?? cellsOf(before[at] ?? '', columns));
      bytes += diffRows(old, after, at);
      next.push(after);
    }
    shown = rows;
    cells = next;
    width = columns;
    if (bytes !== '') output.write(`${beginFrame}${bytes}${endFrame}`);
  };

  const forget = (): void => {
    width = 0;
  };

  const enter = (): void => {
    if (entered) return;
    entered = true;
    forget();
    output.write(`${enterScreen}${hideCursor}${pasteOn}${mouse ? mouseOn : ''}`);
  };

  const leave = (): void => {
    if (!entered) return;
    entered = false;
    output.write(`${mouse ? mouseOff : ''}${pasteOff}${leaveScreen}${showCursor}`);
  };

  /** Everything of Ink's that is not a frame is its own bookkeeping of cursor and screen, which is done here. */
  const fromInk = (text: string): void => {
    if (text.includes(leaveScreen)) leave();
    else if (text.includes(enterScreen)) enter();
    else {
      const rows = text
        .replace(erasePrefix, '')
        .split('\n')
        .map((handle) => rowText(handle.trim()));
      // While the size changes Ink still draws the old one: the right frame follows.
      if (rows.length === size().rows && rows.every((row) => row !== undefined)) paint(rows);
    }
  };

  const events = new EventEmitter();
  const stream = Object.assign(events, {
    isTTY: output.isTTY === true,
    writable: true,
    destroyed: false,
    writableEnded: false,
    write: (text: string | Uint8Array, encodingOrDone?: unknown, maybeDone?: () => void): boolean => {
      const done = typeof encodingOrDone === 'function' ? (encodingOrDone as () => void) : maybeDone;
      fromInk(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
      if (done !== undefined) queueMicrotask(done);
      return true;
    },
  });
  Object.defineProperties(stream, {
    columns: { get: () => handleColumns },
    rows: { get: () => size().rows },
  });

  return {
    stream: stream as unknown as NodeJS.WriteStream,
    enter,
    leave,
    paint,
    repaint: () => {
      const rows = shown;
      forget();
      paint(rows);
    },
    mouse: (on) => {
      mouse = on;
      if (entered) output.write(on ? mouseOn : mouseOff);
    },
    send: (text) => {
      output.write(text);
    },
    resized: () => {
      events.emit('resize');
    },
  };
};
