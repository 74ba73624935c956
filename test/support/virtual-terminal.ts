/** A real terminal for a program under test: a PTY, an emulator that shows what a person would see, keys, sizes, bytes. */
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface VirtualTerminal {
  readonly emulator: InstanceType<typeof xterm.Terminal>;
  readonly pid: number;
  /** What a person sees, without trailing blanks. */
  screen(): readonly string[];
  text(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Until the screen satisfies it; says what was seen when it never does. */
  until(what: string, seen: (text: string) => boolean, withinMs?: number): Promise<void>;
  /** Until nothing has come for a while. */
  quiet(ms?: number): Promise<void>;
  bytes(): number;
  raw(): string;
  onData(listener: (data: string) => void): void;
  exited: Promise<{ readonly code: number; readonly signal: number }>;
  kill(signal?: string): void;
}

export const openTerminal = (
  file: string,
  args: readonly string[],
  { columns = 80, rows = 24, env = {}, cwd }: TerminalOptions = {},
): VirtualTerminal => {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
  const { NO_COLOR: _noColor, FORCE_COLOR: _force, ...outer } = process.env;
  const child = spawn(file, [...args], {
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...outer, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env } as Record<string, string>,
  });
  const listeners: ((data: string) => void)[] = [];
  let count = 0;
  let raw = '';
  let lastData = performance.now();
  child.onData((data) => {
    lastData = performance.now();
    count += Buffer.byteLength(data);
    raw = (raw + data).slice(-200_000);
    emulator.write(data);
    for (const listener of listeners) listener(data);
  });
  const exited = new Promise<{ code: number; signal: number }>((resolve) => {
    child.onExit(({ exitCode, signal }) => resolve({ code: exitCode, signal: signal ?? 0 }));
  });
  const screen = (): readonly string[] =>
    Array.from({ length: emulator.rows }, (_, at) =>
      (emulator.buffer.active.getLine(emulator.buffer.active.baseY + at)?.translateToString(true) ?? '').trimEnd(),
    );
  const settled = (): Promise<void> => new Promise((resolve) => emulator.write('', resolve));
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const terminal: VirtualTerminal = {
    emulator,
    pid: child.pid,
    screen,
    text: () => screen().join('\n'),
    type: (keys) => {
      lastData = performance.now();
      child.write(keys);
    },
    resize: (newColumns, newRows) => {
      lastData = performance.now();
      emulator.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    until: async (what, seen, withinMs = 15_000) => {
      const end = performance.now() + withinMs;
      for (;;) {
        await settled();
        if (seen(terminal.text())) return;
        if (performance.now() > end) throw new Error(`never seen: ${what}\n${terminal.text()}`);
        await wait(10);
      }
    },
    quiet: async (ms = 150) => {
      while (performance.now() - lastData < ms) await wait(10);
      await settled();
    },
    bytes: () => count,
    raw: () => raw,
    onData: (listener) => {
      listeners.push(listener);
    },
    exited,
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch {
        // Gone already.
      }
    },
  };
  return terminal;
};
