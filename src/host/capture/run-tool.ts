/** One tcpdump or dumpcap on one link: started in the link's netns, read as it writes, ended and reaped. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Gap } from '../../model/gap.ts';
import { commandPath } from '../run-command.ts';
import type { CapturedPacket, TapCounts } from './capture-order.ts';
import { makeLeash } from './leash.ts';
import { createPcapParser } from './pcap-parser.ts';
import { isReady, readComplaint, readCounts, type ToolName, type ToolOrder, toolArgv } from './tool-argv.ts';

export interface TapListener {
  ready(linkType: number): void;
  packets(packets: readonly CapturedPacket[]): void;
  counts(counts: TapCounts): void;
  /** Last of all. `gap`: nobody had asked it to end. */
  ended(counts: TapCounts | undefined, gap: Gap | undefined): void;
}

export interface RunningTap {
  readonly pid?: number;
  /** Lets it tell what it has read, then ends it. */
  stop(): void;
  /** Ends it because of something that it does not see itself. */
  end(gap: Gap): void;
  pause(): void;
  resume(): void;
}

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
/** Only what was said last matters: counts come again and again. */
const saidLength = 8192;
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
  const { pid } = child;
  const tied = pid !== undefined && leash.tie(pid);
  const parser = createPcapParser(tap);
  let said = '';
  let wasReady = false;
  let isStopping = false;
  let gap: Gap | undefined;
  let killer: ReturnType<typeof setTimeout> | undefined;

  let asking: ReturnType<typeof setInterval> | undefined;

  const kill = (signal: 'SIGTERM' | 'SIGKILL' | 'SIGUSR1'): void => {
    // Reaped by us alone, so while the child has not been told as ended its pid is its own.
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    clearInterval(asking);
    child.stdout?.resume();
    kill('SIGTERM');
    killer = setTimeout(() => kill('SIGKILL'), patienceMs);
  };
  const end = (why: Gap): void => {
    gap ??= why;
    stop();
  };
  const starting = setTimeout(
    () => end({ source, reason: 'slow', detail: `not ready after ${startMs / 1000} s` }),
    startMs,
  );
  if (pid !== undefined && !tied) end({ source, reason: 'invalid', detail: 'it could not be tied to this process' });

  const tellReady = (): void => {
    const header = parser.header();
    if (wasReady || header === undefined || !isReady(tool, said)) return;
    wasReady = true;
    clearTimeout(starting);
    listener.ready(header.linkType);
    // Its handler stands before it says that it listens.
    if (run.tellsCounts && !isStopping) asking = setInterval(() => kill('SIGUSR1'), countsMs);
  };
  const tellCounts = (): void => {
    const counts = said.endsWith('\n') && !isStopping ? readCounts(tool, said) : undefined;
    if (counts !== undefined) listener.counts(counts);
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    const packets = parser.push(chunk);
    tellReady();
    if (packets.length > 0) listener.packets(packets);
    const broken = parser.broken();
    if (broken !== undefined) end({ source, reason: 'invalid', detail: `its stream broke: ${broken}` });
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidLength);
    tellReady();
    tellCounts();
  });
  child.on('error', (error: NodeJS.ErrnoException) => {
    gap ??= { source, reason: error.code === 'ENOENT' ? 'missing' : 'invalid', detail: error.message };
  });
  child.on('close', (code, signal) => {
    clearTimeout(starting);
    clearTimeout(killer);
    clearInterval(asking);
    leash.drop();
    listener.ended(readCounts(tool, said), gap ?? (isStopping ? undefined : whyEnded(source, said, code, signal)));
  });
  return {
    ...(pid === undefined ? {} : { pid }),
    stop,
    end,
    pause: () => void (isStopping || child.stdout?.pause()),
    resume: () => void child.stdout?.resume(),
  };
};

const whyEnded = (source: string, said: string, code: number | null, signal: string | null): Gap => {
  if (signal !== null) return { source, reason: 'invalid', detail: `it was ended by ${signal}` };
  const complaint = readComplaint(said) ?? { reason: 'invalid', detail: `it ended with exit code ${code}` };
  return { source, ...complaint, ...(complaint.reason === 'forbidden' ? { howToSee: 'run as root' } : {}) };
};
