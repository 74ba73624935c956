/** Starts the guardian of one live proof and waits for its account; the guardian ends with us, whatever ends us. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, ChildOrder } from './child-order.ts';
import type { ProbeRecord } from './live-order.ts';

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const childFile = (): string =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './child/live-child.ts' : './live-child.js', import.meta.url),
  );

/** Arming and disarming, beyond the time the probe itself may take. */
const spareMs = 15_000;
const complaintBytes = 2000;

export type ProbeAnswer = ProbeRecord | { readonly error: string };

export const runProbe = (
  order: ChildOrder,
  tell: (progress: string) => void,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  if (signal.aborted) return Promise.resolve({ error: 'stopped' });
  const child = spawn(process.execPath, [childFile()], { stdio: ['pipe', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    let answer: ProbeAnswer | undefined;
    let text = '';
    let complaint = '';
    // Closing its input is the friendly way to end it: it disarms first.
    const stop = (why: string): void => {
      answer ??= { error: why };
      child.stdin.destroy();
    };
    const abort = (): void => stop('stopped');
    const timer = setTimeout(() => stop('the proof did not come to an end'), order.timeoutMs + spareMs);
    signal.addEventListener('abort', abort, { once: true });
    const take = (line: string): void => {
      const message = JSON.parse(line) as ChildMessage;
      if (message.say === 'progress') tell(message.text);
      else answer ??= message.say === 'done' ? message.record : { error: message.why };
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (complaint.length < complaintBytes) complaint += chunk;
    });
    child.stdin.on('error', () => {});
    child.on('error', (error) => {
      answer ??= { error: error.message };
    });
    child.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      const reason = /^\w*Error.*$/m.exec(complaint)?.[0] ?? 'it ended without a word';
      resolve(answer ?? { error: `the guardian of the proof: ${reason}` });
    });
    child.stdin.write(`${JSON.stringify(order)}\n`);
  });
};
