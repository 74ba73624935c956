/** Reads what one tcpdump or dumpcap writes, wherever it runs: when it is ready, its packets and counts, why it ended. */
import type { ChildProcess } from 'node:child_process';
import type { Gap } from '../../model/gap.ts';
import type { CapturedPacket, TapCounts } from './capture-order.ts';
import { createPcapParser } from './pcap-parser.ts';
import { isReady, readCounts, type ToolName } from './tool-argv.ts';

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

/** How a tool is spoken to that was started. */
export interface ToolLead {
  readonly child: ChildProcess;
  readonly tool: ToolName;
  readonly tap: number;
  /** For gaps: which tool, where. */
  readonly source: string;
  /** Until it says that it listens. */
  readonly startMs: number;
  /** For its last words after it was asked to end; then it is made to. */
  readonly patienceMs: number;
  /** Again and again while it reads. */
  readonly beat?: { readonly everyMs: number; readonly say: () => void };
  askToEnd(): void;
  makeEnd(): void;
  /** Nobody had asked it to. */
  whyEnded(said: string, code: number | null, signal: string | null): Gap;
  /** It has ended, whoever asked for it. */
  cleanUp?(): void;
}

/** Only what was said last matters: counts come again and again. */
const saidLength = 8192;

export const followTool = (lead: ToolLead, listener: TapListener): RunningTap => {
  const { child, tool, source, startMs } = lead;
  const parser = createPcapParser(lead.tap);
  let said = '';
  let wasReady = false;
  let isStopping = false;
  let gap: Gap | undefined;
  let killer: ReturnType<typeof setTimeout> | undefined;
  let beating: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    clearInterval(beating);
    child.stdout?.resume();
    lead.askToEnd();
    killer = setTimeout(() => lead.makeEnd(), lead.patienceMs);
  };
  const end = (why: Gap): void => {
    gap ??= why;
    stop();
  };
  const starting = setTimeout(
    () => end({ source, reason: 'slow', detail: `not ready after ${startMs / 1000} s` }),
    startMs,
  );
  const tellReady = (): void => {
    const header = parser.header();
    if (wasReady || header === undefined || !isReady(tool, said)) return;
    wasReady = true;
    clearTimeout(starting);
    listener.ready(header.linkType);
    // What it hears of a beat stands before it says that it listens.
    if (lead.beat !== undefined && !isStopping) beating = setInterval(lead.beat.say, lead.beat.everyMs);
  };
  const tellCounts = (): void => {
    const counts = wasReady && said.endsWith('\n') && !isStopping ? readCounts(tool, said) : undefined;
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
    clearInterval(beating);
    lead.cleanUp?.();
    listener.ended(readCounts(tool, said), gap ?? (isStopping ? undefined : lead.whyEnded(said, code, signal)));
  });
  return {
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    stop,
    end,
    pause: () => void (isStopping || child.stdout?.pause()),
    resume: () => void child.stdout?.resume(),
  };
};
