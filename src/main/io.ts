/** What the program talks to: streams, environment, and the signs of what they can show. */
import type { TextStyle } from '../report/format-table.ts';

export interface Output {
  readonly isTTY: boolean;
  /** Cells of a line, where it is a terminal that tells. */
  readonly columns?: number;
  write(text: string): void;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What is written to us; absent: nobody writes. */
  readonly stdin?: () => AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called when the user wants an end (Ctrl-C, a closed terminal), who is then waited for; returns the way to let go. Absent: there is nobody to interrupt. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The streams of this process. */
export const processIo = (): Io => ({
  stdout: {
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    write: (text) => void process.stdout.write(text),
  },
  stderr: { isTTY: process.stderr.isTTY === true, write: (text) => void process.stderr.write(text) },
  stdin: () => process.stdin,
  env: process.env,
  onInterrupt: (stop) => {
    for (const signal of endSignals) process.on(signal, stop);
    return () => {
      for (const signal of endSignals) process.off(signal, stop);
    };
  },
});

const isUtf8 = (env: Io['env']): boolean => {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale) || locale === '';
};

/** https://no-color.org: any value but an empty one. A pipe is read by programs: no colours there. */
export const textStyle = (io: Io, switches: ReadonlySet<string>): TextStyle => ({
  color: io.stdout.isTTY && !switches.has('no-color') && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb',
  ascii: switches.has('ascii') || !isUtf8(io.env),
  ...(io.stdout.isTTY && io.stdout.columns ? { width: io.stdout.columns } : {}),
});
