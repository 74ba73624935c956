/** One tcpdump on the other machine: its stream comes by a session of its own over the same connection. */
import type { Gap } from '../../../model/gap.ts';
import { createPcapParser } from '../../capture/pcap-parser.ts';
import type { RunningTap, TapListener } from '../../capture/run-tool.ts';
import { isReady, readComplaint, readCounts, type ToolOrder, toolArgv } from '../../capture/tool-argv.ts';
import type { Place } from '../change/command-script.ts';
import type { Line } from '../line/open-line.ts';
import { beatMs, tapScript } from './tap-script.ts';

/** Only what was said last matters: counts come again and again. */
const saidLength = 8192;
const startMs = 20_000;
/** For its last words after it was asked to end. */
const patienceMs = 5_000;

export interface TapThere {
  readonly order: ToolOrder;
  readonly tap: number;
  /** Absent: where the login is. */
  readonly place?: Place;
}

export const runTapThere = (line: Line, { order, tap, place }: TapThere, listener: TapListener): RunningTap => {
  const source = `tcpdump on ${order.ifname}`;
  const session = line.startShell();
  const parser = createPcapParser(tap);
  let said = '';
  let wasReady = false;
  let isStopping = false;
  let gap: Gap | undefined;
  let killer: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    clearInterval(beat);
    session.stdout?.resume();
    // The end of its input is what ends it there.
    session.stdin?.end();
    killer = setTimeout(() => session.kill('SIGTERM'), patienceMs);
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
    if (wasReady || header === undefined || !isReady('tcpdump', said)) return;
    wasReady = true;
    clearTimeout(starting);
    listener.ready(header.linkType);
    if (!isStopping) beat = setInterval(() => session.stdin?.write('beat\n'), beatMs);
  };
  session.stdout?.on('data', (chunk: Buffer) => {
    const packets = parser.push(chunk);
    tellReady();
    if (packets.length > 0) listener.packets(packets);
    const broken = parser.broken();
    if (broken !== undefined) end({ source, reason: 'invalid', detail: `its stream broke: ${broken}` });
  });
  session.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidLength);
    tellReady();
    const counts = wasReady && said.endsWith('\n') && !isStopping ? readCounts('tcpdump', said) : undefined;
    if (counts !== undefined) listener.counts(counts);
  });
  session.on('close', (code) => {
    clearTimeout(starting);
    clearTimeout(killer);
    clearInterval(beat);
    listener.ended(readCounts('tcpdump', said), gap ?? (isStopping ? undefined : whyEnded(source, said, code)));
  });
  session.stdin?.write(tapScript(toolArgv('tcpdump', order), place));
  return {
    stop,
    end,
    pause: () => void (isStopping || session.stdout?.pause()),
    resume: () => void session.stdout?.resume(),
  };
};

const whyEnded = (source: string, said: string, code: number | null): Gap => {
  if (/session request failed|open refused/i.test(said))
    return {
      source,
      reason: 'missing',
      detail: 'the other machine takes no more sessions over one connection',
      howToSee: 'raise MaxSessions in its sshd_config, or capture at fewer points',
    };
  const complaint = readComplaint(said);
  if (complaint === undefined)
    return code === 255
      ? { source, reason: 'vanished', detail: 'the line was lost' }
      : { source, reason: 'vanished', detail: 'nothing that was known to hold its netns does so any more' };
  return {
    source,
    ...complaint,
    ...(complaint.reason === 'forbidden' ? { howToSee: 'log in as root, or let sudo -n start a shell' } : {}),
  };
};
