/** Runs a command in the namespaces of a process, waiting for its end, with a limit. */
import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly stdin?: string | Buffer;
  /** Resolve whatever the exit code. */
  readonly mayFail?: boolean;
  readonly timeoutMs?: number;
  /** Only these namespaces; all of the host's unless told. */
  readonly namespaces?: readonly ('mount' | 'net' | 'pid' | 'uts' | 'ipc')[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  /** 255 when it was killed at its limit. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ALL = ['mount', 'net', 'pid', 'uts', 'ipc'] as const;

export const runIn = (pid: number, argv: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const namespaces = (options.namespaces ?? ALL).map((kind) => `--${kind}`);
    const child = execFile(
      'nsenter',
      ['--target', String(pid), ...namespaces, '--', ...argv],
      {
        timeout: options.timeoutMs ?? 60_000,
        killSignal: 'SIGKILL',
        maxBuffer: 256 * 1024 * 1024,
        ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
        if (code === 0 || options.mayFail === true) resolve({ code, stdout, stderr });
        else reject(new Error(`${argv.join(' ')}: exit ${code}: ${stderr.trim() || stdout.trim()}`));
      },
    );
    // A command that ends before it has read everything is no failure of the caller.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin ?? '');
  });
