/** A line that is made again when it was lost, without asking anything of anybody. */
import { type Line, type LineOptions, openLine } from './open-line.ts';

export interface LastingLine {
  /** undefined while it is lost. */
  current(): Line | undefined;
  /** ISO 8601, and why; undefined while it stands. */
  lost(): { readonly at: string; readonly why: string } | undefined;
  /** Called after each loss, and after each return. */
  onChange(listener: (how: 'lost' | 'back') => void): void;
  close(): void;
}

const retryMs = { first: 1_000, most: 30_000 } as const;

export const keepLine = (first: Line, options: LineOptions): LastingLine => {
  const listeners: ((how: 'lost' | 'back') => void)[] = [];
  let current: Line | undefined;
  let loss: { readonly at: string; readonly why: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const take = (line: Line): void => {
    current = line;
    loss = undefined;
    void line.lost.then((why) => {
      if (closed) return;
      current = undefined;
      loss = { at: new Date().toISOString(), why };
      for (const listener of listeners) listener('lost');
      again(retryMs.first);
    });
  };
  const again = (wait: number): void => {
    timer = setTimeout(() => {
      openLine({ ...options, mayAsk: false }).then(
        (line) => {
          if (closed) return line.close();
          take(line);
          for (const listener of listeners) listener('back');
        },
        () => {
          if (!closed) again(Math.min(wait * 2, retryMs.most));
        },
      );
    }, wait);
    // Who only asks and goes must not be kept by a line that is gone.
    timer.unref();
  };
  take(first);
  return {
    current: () => current,
    lost: () => loss,
    onChange: (listener) => void listeners.push(listener),
    close: () => {
      closed = true;
      clearTimeout(timer);
      current?.close();
    },
  };
};
