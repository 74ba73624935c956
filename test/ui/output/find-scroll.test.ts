import xterm from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { findScroll } from '../../../src/ui/output/find-scroll.ts';
import { openTtyOut } from '../../../src/ui/output/tty-out.ts';

const lines = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `row ${from + at} \u001b[32m●\u001b[0m`);

const rows = 20;

const paintAll = async (
  frames: readonly (readonly string[])[],
): Promise<{ text: readonly string[]; bytes: number }> => {
  const terminal = new xterm.Terminal({ cols: 40, rows, allowProposedApi: true });
  let last = 0;
  let written = '';
  const out = openTtyOut(
    {
      isTTY: true,
      columns: 40,
      rows,
      write: (text) => {
        written += text;
        last = text.length;
        return true;
      },
    },
    () => undefined,
  );
  out.enter();
  for (const frame of frames) out.paint(frame);
  await new Promise<void>((resolve) => terminal.write(written, resolve));
  const text = Array.from({ length: rows }, (_, at) => terminal.buffer.active.getLine(at)!.translateToString(true));
  return { text, bytes: last };
};

const screen = (from: number, detail: string): readonly string[] => [
  'header',
  ...lines(from, 14),
  `─ ${detail}`,
  `about ${detail}`,
  '',
  '',
  'footer',
];

describe('rows that moved', () => {
  test('are found, with what stands still left alone', () => {
    expect(findScroll(screen(1, 'a'), screen(2, 'b'))).toEqual({ top: 1, bottom: 14, by: 1 });
    expect(findScroll(screen(9, 'a'), screen(6, 'b'))).toEqual({ top: 1, bottom: 14, by: -3 });
  });

  test('are not looked for where everything is new, or nothing', () => {
    expect(findScroll(screen(1, 'a'), screen(1, 'b'))).toBeUndefined();
    expect(findScroll(screen(1, 'a'), screen(500, 'b'))).toBeUndefined();
  });

  test.each([1, 3, 7, -1, -5, 13])('by %i end where a fresh frame would put them', async (by) => {
    const frames = [screen(20, 'a'), screen(20 + by, 'b')];
    expect((await paintAll(frames)).text).toEqual((await paintAll(frames.slice(1))).text);
  });

  test('cost a fraction of writing them', async () => {
    const { bytes } = await paintAll([screen(1, 'a'), screen(2, 'b')]);
    expect(bytes).toBeLessThan(150);
  });
});
