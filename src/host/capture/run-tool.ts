/** One tcpdump or dumpcap on one link: started in the link's netns, read as it writes, ended and reaped. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Gap } from '../../model/gap.ts';
import { commandPath } from '../run-command.ts';
import { followTool, type RunningTap, type TapListener } from './follow-tool.ts';
import { makeLeash } from './leash.ts';
import { readComplaint, type ToolName, type ToolOrder, toolArgv } from './tool-argv.ts';

export interface ToolRun {
  readonly tool: ToolName;
  readonly order: ToolOrder;
  readonly tap: number;
  /** It tells its counts when it is sent SIGUSR1. */
  readonly tellsCounts: boolean;
  /** Open netns to run in; absent: our own. */
  readonly netnsFd?: number;
}

/** A tool that was asked to end and does not. */
const patienceMs = 3000;
/** How often it is asked for its counts. */
const countsMs = 2000;
/** Until tcpdump says that it listens; name resolution in a filter can take its time. */
const startMs = 15_000;

const start = ({ tool, order, netnsFd }: ToolRun, leashFd: number): ChildProcess => {
  const argv = toolArgv(tool, order);
  const [program = '', ...args] = netnsFd === undefined ? argv : ['nsenter', '--net=/proc/self/fd/4', ...argv];
  return spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', leashFd, ...(netnsFd === undefined ? [] : [netnsFd])],
    env: { ...process.env, LC_ALL: 'C', PATH: commandPath() },
    // A Ctrl-C of the terminal is for us: we end it in order.
    detached: true,
  });
};

export const runTool = (run: ToolRun, listener: TapListener): RunningTap => {
  const { tool, tap } = run;
  const source = `${tool} on ${run.order.ifname}`;
  const leash = makeLeash();
  if (leash === undefined) {
    listener.ended(undefined, { source, reason: 'invalid', detail: 'no pipe could be made' });
    return { stop: () => {}, end: () => {}, pause: () => {}, resume: () => {} };
  }
  const child = start(run, leash.fd);
  const tied = child.pid !== undefined && leash.tie(child.pid);
  const kill = (signal: 'SIGTERM' | 'SIGKILL' | 'SIGUSR1'): void => {
    // Reaped by us alone, so while the child has not been told as ended its pid is its own.
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  const running = followTool(
    {
      child,
      tool,
      tap,
      source,
      startMs,
      patienceMs,
      ...(run.tellsCounts ? { beat: { everyMs: countsMs, say: () => kill('SIGUSR1') } } : {}),
      askToEnd: () => kill('SIGTERM'),
      makeEnd: () => kill('SIGKILL'),
      whyEnded: (said, code, signal) => whyEnded(source, said, code, signal),
      cleanUp: () => leash.drop(),
    },
    listener,
  );
  if (child.pid !== undefined && !tied)
    running.end({ source, reason: 'invalid', detail: 'it could not be tied to this process' });
  return running;
};

const whyEnded = (source: string, said: string, code: number | null, signal: string | null): Gap => {
  if (signal !== null) return { source, reason: 'invalid', detail: `it was ended by ${signal}` };
  const complaint = readComplaint(said) ?? { reason: 'invalid', detail: `it ended with exit code ${code}` };
  return { source, ...complaint, ...(complaint.reason === 'forbidden' ? { howToSee: 'run as root' } : {}) };
};
