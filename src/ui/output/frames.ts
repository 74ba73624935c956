/**
 * Frames whose rows have short handles. Ink lays out the handles, the terminal layer puts the rows in: Ink's output stage costs per cell of
 * the screen, not per change (63 % of the busy time at 200×60 went there), and measures cells its own way.
 */

export interface FrameRow {
  readonly handle: string;
  readonly text: string;
}
export type Frame = readonly FrameRow[];

/** Cells Ink believes it has: enough for any handle. */
export const handleColumns = 8;

/** Ink may still draw a frame that has been replaced meanwhile. */
const remembered = 4;

export interface FrameBook {
  current(): Frame;
  /** The same frame when no row changed; unchanged rows keep their handles. */
  turn(rows: readonly string[]): Frame;
  textOf(handle: string): string | undefined;
}

export const openFrameBook = (): FrameBook => {
  let frame: Frame = [];
  let recent: readonly ReadonlyMap<string, string>[] = [];
  let count = 0;
  return {
    current: () => frame,
    turn: (rows) => {
      if (rows.length === frame.length && rows.every((text, at) => frame[at]?.text === text)) return frame;
      frame = rows.map((text, at) => {
        const before = frame[at];
        if (before?.text === text) return before;
        count += 1;
        return { handle: count.toString(36), text };
      });
      recent = [new Map(frame.map((row) => [row.handle, row.text])), ...recent].slice(0, remembered);
      return frame;
    },
    textOf: (handle) => {
      for (const page of recent) {
        const text = page.get(handle);
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
};
