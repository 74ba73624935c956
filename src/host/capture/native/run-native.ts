/** All taps of one capture by one reading child, for machines without tcpdump. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Gap } from '../../../model/gap.ts';
import type { CapturedPacket } from '../capture-order.ts';
import type { RunningTap, TapListener } from '../follow-tool.ts';
import { type ChildOrder, type ChildWord, createFrameReader } from './child-frame.ts';

export interface NativeRun {
  readonly order: ChildOrder;
  readonly ifnames: readonly string[];
  readonly listeners: readonly TapListener[];
}

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const childFile = (): string =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './capture-child.ts' : './capture-child.js', import.meta.url),
  );

const patienceMs = 3000;

const gapOf = (ifname: string, { why, detail }: ChildWord & { say: 'ended' }): Gap | undefined => {
  const source = `packet socket on ${ifname}`;
  switch (why) {
    case undefined:
      return undefined;
    case 'EPERM':
      return { source, reason: 'forbidden', detail: detail ?? why, howToSee: 'run as root' };
    case 'vanished':
      return { source, reason: 'vanished', detail: 'the link is gone' };
    case 'netns':
      return { source, reason: 'vanished', detail: 'nothing leads into its netns any more' };
    case 'link-type':
      return { source, reason: 'unsupported', detail: `frames of such a link are not known here (${detail})` };
    case 'failed':
      return { source, reason: 'invalid', detail: detail ?? 'it failed' };
  }
};

export const runNative = ({ order, ifnames, listeners }: NativeRun): readonly RunningTap[] => {
  // A session of its own: a Ctrl-C of the terminal is for us, and we end it in order. It ends itself when its input does.
  const child = spawn(process.execPath, [childFile()], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const reader = createFrameReader();
  const open = new Set(listeners.keys());
  const gaps = new Map<number, Gap>();
  let isStopping = false;
  let killer: ReturnType<typeof setTimeout> | undefined;

  const write = (text: string): void => void (child.stdin.writable && child.stdin.write(text));
  const patience = (): void => {
    killer ??= setTimeout(() => child.kill('SIGKILL'), patienceMs);
  };
  const end = (tap: number, word: ChildWord & { say: 'ended' }): void => {
    if (!open.delete(tap)) return;
    listeners[tap]?.ended(word.counts, gaps.get(tap) ?? gapOf(ifnames[tap] ?? '', word));
  };
  const hear = (tap: number, word: ChildWord): void => {
    if (word.say === 'ready') listeners[tap]?.ready(word.linkType);
    else if (word.say === 'counts') listeners[tap]?.counts(word.counts);
    else end(tap, word);
  };

  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    const packets = new Map<number, CapturedPacket[]>();
    const flush = (tap: number): void => {
      const waiting = packets.get(tap);
      packets.delete(tap);
      if (waiting !== undefined) listeners[tap]?.packets(waiting);
    };
    for (const frame of reader(chunk)) {
      if (frame.kind === 'word') {
        flush(frame.tap);
        hear(frame.tap, frame.word);
      } else {
        const list = packets.get(frame.packet.tap);
        if (list === undefined) packets.set(frame.packet.tap, [frame.packet]);
        else list.push(frame.packet);
      }
    }
    for (const tap of [...packets.keys()]) flush(tap);
  });
  const ended = (why: string): void => {
    clearTimeout(killer);
    for (const tap of [...open]) end(tap, isStopping ? { say: 'ended' } : { say: 'ended', why: 'failed', detail: why });
  };
  child.on('error', (error) => ended(error.message));
  child.on('close', (code, signal) =>
    ended(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
  );
  write(`${JSON.stringify(order)}\n`);

  return ifnames.map((_, tap) => ({
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    stop: () => {
      if (isStopping) return;
      isStopping = true;
      child.stdout.resume();
      write('stop\n');
      patience();
    },
    end: (gap) => {
      gaps.set(tap, gap);
      write(`end ${tap}\n`);
    },
    pause: () => void (isStopping || child.stdout.pause()),
    resume: () => void child.stdout.resume(),
  }));
};
