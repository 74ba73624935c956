/** A complete Linux host to try things on: own net, mount, pid, uts and ipc namespaces, own root, a Docker engine if wanted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { removeCgroups } from './cgroups.ts';
import { type DaemonOptions, startDaemon } from './daemon.ts';
import { runId } from './run-id.ts';
import { type Ran, type RunOptions, runIn } from './run-in.ts';

export interface LabHostOptions {
  /** Host name; `lab` unless told. */
  readonly name?: string;
  /** Folder of another system's root (see findEngineRoot); the machine's own unless told. */
  readonly root?: string;
  /** Which backend `iptables` uses there; the root's own choice unless told. */
  readonly iptables?: 'nft' | 'legacy';
  /** Starts an engine, with these settings of its daemon.json. */
  readonly docker?: boolean | DaemonOptions;
}

export interface LabHost {
  readonly name: string;
  /** Process 1 of the host, as the machine counts. */
  readonly pid: number;
  /** Runs a command in the host; rejects when it exits with anything but 0, unless `mayFail`. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** `docker …` there; its standard output, trimmed. */
  docker(...args: readonly string[]): Promise<string>;
  /** Ends everything inside. Safe to call twice. */
  stop(): Promise<void>;
}

const INIT = fileURLToPath(new URL('init.sh', import.meta.url));
const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
let started = 0;

export const startLabHost = async (options: LabHostOptions = {}): Promise<LabHost> => {
  started += 1;
  const name = options.name ?? 'lab';
  const cgroup = `${runId}-${started}`;
  // setpriv and --kill-child: killed with its parent, at every step; so the host cannot outlive the process that runs the test.
  const unshare = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      '--mount',
      '--net',
      '--pid',
      '--uts',
      '--ipc',
      '--fork',
      '--kill-child=KILL',
    ].concat('bash', INIT, options.root ?? '/', name, PROJECT, options.iptables ?? ''),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(unshare, 'exit');
  const stop = async (): Promise<void> => {
    unshare.kill('SIGKILL');
    await ended;
    await removeCgroups((group) => group === cgroup);
  };
  const pid = await readyPid(unshare.stdout, unshare.stderr);
  const run: LabHost['run'] = (argv, runOptions) => runIn(pid, argv, runOptions);
  const host: LabHost = {
    name,
    pid,
    run,
    docker: async (...args) => (await run(['docker', ...args])).stdout.trim(),
    stop,
  };
  if (options.docker === undefined || options.docker === false) return host;
  try {
    await startDaemon(host, cgroup, options.docker === true ? {} : options.docker);
    return host;
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The init says `ready PID` on its standard output; anything else is its complaint. */
const readyPid = async (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): Promise<number> => {
  let complaint = '';
  stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  for await (const line of createInterface({ input: stdout })) {
    const pid = /^ready (\d+)$/.exec(line)?.[1];
    if (pid !== undefined) return Number(pid);
  }
  throw new Error(`the lab host did not start: ${complaint.trim()}`);
};
