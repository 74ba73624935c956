/** Where captured bytes go: a new file nobody else can read, or standard output; written in order, kept whole when the disk is full. */
import { close, constants, fchmod, ftruncate, open, unlink, write } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export type WriteEnd =
  | { readonly why: 'disk-full'; readonly detail: string }
  /** Whoever read the other end of the pipe has gone. */
  | { readonly why: 'reader-gone' }
  | { readonly why: 'failed'; readonly detail: string };

export interface CaptureFile {
  /** Absolute; `-` for standard output. */
  readonly path: string;
  /** Blocks as a whole: after a refused write the file ends with the last whole one before. Resolves when the bytes are with the kernel. */
  write(bytes: Uint8Array): Promise<WriteEnd | undefined>;
  /** Bytes that are in it for sure. */
  written(): number;
  close(): Promise<void>;
  /** Nothing was begun: the file goes again. */
  discard(): Promise<void>;
}

const openFile = promisify(open);
const closeFile = promisify(close);
const truncateFile = promisify(ftruncate);
const changeMode = promisify(fchmod);
const removeFile = promisify(unlink);

const writeSome = (fd: number, bytes: Uint8Array): Promise<number> =>
  new Promise((done, fail) => {
    write(fd, bytes, 0, bytes.length, null, (error, count) => (error === null ? done(count) : fail(error)));
  });

const pauseMs = 20;

const writeAll = async (fd: number, bytes: Uint8Array): Promise<void> => {
  let at = 0;
  while (at < bytes.length)
    try {
      at += await writeSome(fd, bytes.subarray(at));
    } catch (error) {
      // Another program may have made the pipe non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await new Promise((retry) => setTimeout(retry, pauseMs));
    }
};

const explain = (error: NodeJS.ErrnoException): WriteEnd => {
  if (error.code === 'EPIPE') return { why: 'reader-gone' };
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EFBIG')
    return { why: 'disk-full', detail: error.message };
  return { why: 'failed', detail: error.message };
};

const sinkOf = (fd: number, path: string, isFile: boolean): CaptureFile => {
  let written = 0;
  let ended: WriteEnd | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const put = async (bytes: Uint8Array): Promise<WriteEnd | undefined> => {
    if (ended !== undefined) return ended;
    try {
      await writeAll(fd, bytes);
      written += bytes.length;
    } catch (error) {
      ended = explain(error as NodeJS.ErrnoException);
      // Half a block at its end would make some readers refuse the file.
      if (isFile) await truncateFile(fd, written).catch(() => {});
    }
    return ended;
  };
  return {
    path,
    written: () => written,
    write: (bytes) => {
      const result = queue.then(() => put(bytes));
      queue = result;
      return result;
    },
    close: async () => {
      await queue;
      if (isFile) await closeFile(fd);
    },
    discard: async () => {
      if (!isFile || written > 0) return;
      await closeFile(fd);
      await removeFile(path).catch(() => {});
    },
  };
};

/** `-`: standard output. A file that exists is never touched. */
export const openCaptureFile = async (path: string): Promise<CaptureFile | { readonly error: string }> => {
  if (path === '-') return sinkOf(1, '-', false);
  const whole = resolve(path);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    const fd = await openFile(whole, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await changeMode(fd, 0o600);
    return sinkOf(fd, whole, true);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { error: code === 'EEXIST' ? `${whole} exists already, and is left as it is` : message };
  }
};
