import xterm from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../src/ui/output/cells.ts';
import { diffRows } from '../../../src/ui/output/diff-rows.ts';

const columns = 40;

/** What a terminal shows after these bytes: text and style of each cell. */
const shownAfter = async (bytes: string): Promise<readonly string[]> => {
  const terminal = new xterm.Terminal({ cols: columns, rows: 2, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  const row = terminal.buffer.active.getLine(0)!;
  return Array.from({ length: columns }, (_, at) => {
    const cell = row.getCell(at)!;
    const style = `${cell.getFgColor()}${cell.isBold() ? 'b' : ''}${cell.isDim() ? 'd' : ''}${cell.isInverse() ? 'i' : ''}`;
    return `${cell.getChars() === '' && cell.getWidth() !== 0 ? ' ' : cell.getChars()}/${style}`;
  });
};

const rows = [
  '',
  'plain text',
  'plain test',
  ' \u001b[32m●\u001b[0m web-1   172.17.0.2   veth12345',
  ' \u001b[1;31m✗\u001b[0m web-1   172.17.0.2   veth12345',
  '\u001b[1;33m▌\u001b[0;32m●\u001b[0m \u001b[7mweb-1\u001b[0m   172.17.0.2   veth12345',
  '東京 \u001b[2mdim\u001b[0m 東京',
  'x東京 \u001b[2mdim\u001b[0m 東',
  'a東b東c東d東e東f東g',
  '\u001b[7m marked to the very end of the row      \u001b[0m',
  'x'.repeat(columns),
  '   far            apart             end',
  '   FAR            apart             END',
];

describe('the bytes between two rows', () => {
  test('make the terminal show exactly what a fresh row would', async () => {
    for (const before of rows) {
      for (const after of rows) {
        const fresh = diffRows(cellsOf('', columns), cellsOf(before, columns), 0);
        const change = diffRows(cellsOf(before, columns), cellsOf(after, columns), 0);
        expect(await shownAfter(fresh + change), `${before} → ${after}`).toEqual(
          await shownAfter(diffRows(cellsOf('', columns), cellsOf(after, columns), 0)),
        );
      }
    }
  });

  test('are none when nothing changed', () => {
    for (const row of rows) expect(diffRows(cellsOf(row, columns), cellsOf(row, columns), 3)).toBe('');
  });

  test('are few when little changed', () => {
    const bytes = diffRows(
      cellsOf('count 10 of many things here', columns),
      cellsOf('count 11 of many things here', columns),
      3,
    );
    expect(bytes).toBe('\u001b[4;8H1');
  });

  test('erase a vanished tail instead of writing blanks', () => {
    const bytes = diffRows(cellsOf('a long row that ends', columns), cellsOf('a', columns), 0);
    expect(bytes).toBe('\u001b[1;2H\u001b[K');
  });
});
