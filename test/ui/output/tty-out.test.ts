import { describe, expect, test } from 'vitest';
import { clipboardSequence } from '../../../src/ui/output/clipboard.ts';
import { openTtyOut } from '../../../src/ui/output/tty-out.ts';

const fakeTerminal = () => {
  const written: string[] = [];
  const size = { columns: 20, rows: 2 };
  const out = openTtyOut(
    {
      isTTY: true,
      get columns() {
        return size.columns;
      },
      get rows() {
        return size.rows;
      },
      write: (text) => {
        written.push(text);
        return true;
      },
    },
    (handle) => ({ a: 'first', b: 'second', c: 'third' })[handle],
  );
  return { out, written, size, all: () => written.join('') };
};

describe("the terminal's output", () => {
  test('is entered and left once, cursor and pastes as they were', () => {
    const { out, all } = fakeTerminal();
    out.enter();
    out.enter();
    out.leave();
    out.leave();
    expect(all()).toBe('\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[?2004l\u001b[?1049l\u001b[?25h');
  });

  test('turns the mouse off before it is left', () => {
    const { out, all } = fakeTerminal();
    out.enter();
    out.mouse(true);
    out.leave();
    expect(all()).toMatch(/\?1006l.*\?1000l.*\?1049l/);
  });

  test('gets nothing when a frame is the same', () => {
    const { out, written } = fakeTerminal();
    out.enter();
    out.paint(['one', 'two']);
    const before = written.length;
    out.paint(['one', 'two']);
    expect(written.length).toBe(before);
  });

  test('shows the rows whose handles Ink drew, and ignores a frame of another size', () => {
    const { out, written, all } = fakeTerminal();
    out.enter();
    out.stream.write('\u001b[2K\u001b[1A\u001b[2K\u001b[Ga\nb');
    expect(all()).toContain('first');
    const before = written.length;
    out.stream.write('a\nb\nc');
    out.stream.write('an error page of two\nlines');
    expect(written.length).toBe(before);
  });

  test('is painted whole after a change of size and on request', () => {
    const { out, written, size } = fakeTerminal();
    out.enter();
    out.paint(['one', 'two']);
    size.columns = 30;
    out.paint(['one', 'two']);
    expect(written.at(-1)).toContain('\u001b[2J');
    out.repaint();
    expect(written.at(-1)).toContain('one');
  });

  test('gets nothing while somebody else has the terminal', () => {
    const { out, written } = fakeTerminal();
    out.enter();
    out.leave();
    const before = written.length;
    out.paint(['one', 'two']);
    expect(written.length).toBe(before);
  });
});

describe('the clipboard', () => {
  test('takes text as base64, so that nothing in it can end the sequence', () => {
    expect(clipboardSequence('a\u0007b', false)).toBe(
      `\u001b]52;c;${Buffer.from('a\u0007b').toString('base64')}\u0007`,
    );
  });

  test('is asked twice inside tmux: tmux itself, and the terminal around it', () => {
    expect(clipboardSequence('x', true)).toBe('\u001b]52;c;eA==\u0007\u001bPtmux;\u001b\u001b]52;c;eA==\u0007\u001b\\');
  });
});
