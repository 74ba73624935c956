/** Starts the child that arms, watches and disarms for us; it ends with us, whatever ends us. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, ChildOrder } from './child-order.ts';

/** Beside this file: the bundle's when bundled, the source when run from sources. */
const childFile = (): string =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './child/live-child.ts' : './live-child.js', import.meta.url),
  );

const complaintBytes = 2000;

export interface Guardian {
  /** Resolves when it has ended: with what it complained of, if it did. */
  readonly ended: Promise<string | undefined>;
  /** Asks it to come to an end by itself. */
  finish(): void;
  /** Closes its input: it disarms and ends at once. */
  stop(): void;
}

export const startGuardian = (order: ChildOrder, take: (message: ChildMessage) => void): Guardian => {
  const child = spawn(process.execPath, [childFile()], { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  let complaint = '';
  let failure: string | undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as ChildMessage);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (complaint.length < complaintBytes) complaint += chunk;
  });
  child.stdin.on('error', () => {});
  child.on('error', (error) => {
    failure = error.message;
  });
  child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    ended: new Promise((resolve) => {
      child.on('close', () => resolve(failure ?? /^\w*Error.*$/m.exec(complaint)?.[0]));
    }),
    finish: () => void child.stdin.write('finish\n'),
    stop: () => void child.stdin.destroy(),
  };
};
