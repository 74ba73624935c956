/** Runs one program within bounds of time and size, in a netns if wanted; never through a shell. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  /** argv[0] is a path or a name looked up on PATH. */
  readonly argv: readonly string[];
  /** An open file of the netns to run in; undefined: our own. It stays open and ours. */
  readonly netnsFd?: number;
  /** Text for its standard input; absent: there is none. */
  readonly stdin?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** Every way a run can end. */
export type RunOutcome =
  | { readonly end: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly end: 'not-found'; readonly program: string }
  | { readonly end: 'slow' | 'too-long' | 'stopped' }
  | { readonly end: 'failed'; readonly detail: string };

/** Only the beginning of what a program complains about is kept. */
const stderrBytes = 8192;

export function runCommand(options: RunOptions): Promise<RunOutcome> {
  const { argv, netnsFd, timeoutMs, maxBytes, signal } = options;
  if (signal?.aborted === true) return Promise.resolve({ end: 'stopped' });
  // nsenter of util-linux and of busybox both take --net=FILE; descriptor 3 of the child is the netns itself, so no pid can be reused under us.
  const [program = '', ...args] = netnsFd === undefined ? argv : ['nsenter', '--net=/proc/self/fd/3', ...argv];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: [
        options.stdin === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(netnsFd === undefined ? [] : [netnsFd]),
      ],
      // Tools must print what we parse, whatever the user's language.
      env: { ...process.env, LC_ALL: 'C', PATH: commandPath() },
    });
    let verdict: RunOutcome | undefined;
    const stop = (end: 'slow' | 'too-long' | 'stopped') => {
      verdict ??= { end };
      child.kill('SIGKILL');
    };
    // A program that ends without reading its input closes the pipe: its exit code tells, not the write.
    child.stdin?.on('error', () => {}).end(options.stdin);
    const timer = setTimeout(() => stop('slow'), timeoutMs);
    const abort = () => stop('stopped');
    signal?.addEventListener('abort', abort, { once: true });
    const stdout = gather(child.stdout, maxBytes, () => stop('too-long'));
    const stderr = gather(child.stderr, stderrBytes, () => {});
    const settle = (outcome: RunOutcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(verdict ?? outcome);
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? { end: 'not-found', program } : { end: 'failed', detail: error.message }),
    );
    child.on('close', (code, killed) =>
      settle(
        code === null
          ? { end: 'failed', detail: `ended by ${killed}` }
          : { end: 'exited', exitCode: code, stdout: stdout(), stderr: stderr() },
      ),
    );
  });
}

/** Administrators' folders are often missing from a user's PATH, and the network tools live there. */
export function commandPath(): string {
  const own = (process.env['PATH'] ?? '').split(':');
  return [...new Set([...own, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'])]
    .filter((folder) => folder.startsWith('/'))
    .join(':');
}

function gather(stream: NodeJS.ReadableStream | null, limit: number, full: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else full();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
