/** Reading /proc without surprises: every answer is a value or the errno's name. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'EIO';

/** A link's text, or the errno's name in `error`. */
export type Read =
  | { readonly text: string; readonly error?: undefined }
  | { readonly text?: undefined; readonly error: string };

export const readLink = (path: string): Read => {
  try {
    return { text: readlinkSync(path) };
  } catch (error) {
    return { error: codeOf(error) };
  }
};

export const readText = (path: string): Read => {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { error: codeOf(error) };
  }
};

export const listDirectory = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** Every process /proc shows. */
export const listProcesses = (): readonly number[] =>
  listDirectory('/proc')
    .filter((name) => {
      const first = name.charCodeAt(0);
      return first >= 48 && first <= 57;
    })
    .map(Number);

/** /proc/PID/comm: one short line, or '' when the process is gone. */
export const commOf = (pid: number): string => readText(`/proc/${pid}/comm`).text?.trimEnd() ?? '';

/** Gone while we looked: no gap, the process simply is not there any more. */
export const isGone = (error: string): boolean => error === 'ENOENT' || error === 'ESRCH';
